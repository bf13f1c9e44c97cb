import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { ProviderName } from './provider-name.js';

/** The files as they would be for a platform called Acme, below `src` and with `.txt` behind their names; assets of the build. */
const TEMPLATE = join(import.meta.dirname, 'template');

export interface TemplateFile {
  /** From the root of the project. */
  readonly path: string;
  readonly text: string;
}

/** Every file of a new provider and its simulator. */
export async function providerFiles(name: ProviderName): Promise<TemplateFile[]> {
  const entries = await readdir(TEMPLATE, { recursive: true, withFileTypes: true });
  const sources = entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts.txt'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  return Promise.all(
    sources.map(async (source) => ({
      path: join('src', named(relative(TEMPLATE, source), name)).replace(/\.txt$/, ''),
      text: named(await readFile(source, 'utf8'), name),
    })),
  );
}

/** What `.env.example` says of a new provider. */
export async function providerVariables(name: ProviderName): Promise<string> {
  return named(await readFile(join(TEMPLATE, 'env.txt'), 'utf8'), name);
}

function named(text: string, { id, className, variable }: ProviderName): string {
  const words: Readonly<Record<string, string>> = { acme: id, Acme: className, ACME: variable };
  return text.replace(/acme|Acme|ACME/g, (word) => words[word] ?? word);
}
