import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { inPlatforms, inSandbox, PLATFORMS_FILE, SANDBOX_FILE } from './provider-lists.js';
import { ProviderNewError, type ProviderName } from './provider-name.js';
import { providerFiles, providerVariables, type TemplateFile } from './provider-template.js';

const VARIABLES_FILE = '.env.example';

/** What was done, as paths from the root of the project. */
export interface NewProvider {
  readonly written: readonly string[];
  readonly changed: readonly string[];
}

/**
 * Writes the folder of a provider and of its simulator into the project at `root` and adds both to their lists. Everything is
 * made before anything is written: throws ProviderNewError, and leaves the project as it was, where one of them stands already.
 */
export async function writeNewProvider(root: string, name: ProviderName): Promise<NewProvider> {
  const lists = await changedLists(root, name);
  const files = await Promise.all((await providerFiles(name)).map((file) => formatted(root, file)));
  for (const { path, text } of files) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text, { flag: 'wx' });
  }
  for (const { path, text } of lists) await writeFile(join(root, path), text);
  return { written: files.map(({ path }) => path), changed: lists.map(({ path }) => path) };
}

async function changedLists(root: string, name: ProviderName): Promise<TemplateFile[]> {
  const platforms = await read(root, PLATFORMS_FILE);
  const sandbox = await read(root, SANDBOX_FILE);
  const variables = await read(root, VARIABLES_FILE);
  for (const folder of [`src/providers/${name.id}`, `src/sandbox/${name.id}`]) {
    if (existsSync(join(root, folder))) throw new ProviderNewError(`${folder} is there already.`);
  }
  for (const { path, text } of [platforms, sandbox]) {
    if (text.includes(`'./${name.id}/`)) throw new ProviderNewError(`${path} names ${name.id} already.`);
  }
  return [
    await formatted(root, { ...platforms, text: inPlatforms(platforms.text, name) }),
    await formatted(root, { ...sandbox, text: inSandbox(sandbox.text, name) }),
    { ...variables, text: `${variables.text.trimEnd()}\n${await providerVariables(name)}` },
  ];
}

/** A long id makes long lines, which only the formatter breaks as the format check wants them. */
async function formatted(root: string, { path, text }: TemplateFile): Promise<TemplateFile> {
  const filepath = join(root, path);
  return { path, text: await format(text, { ...(await resolveConfig(filepath)), filepath }) };
}

async function read(root: string, path: string): Promise<TemplateFile> {
  try {
    return { path, text: await readFile(join(root, path), 'utf8') };
  } catch {
    throw new ProviderNewError(`${path} cannot be read: run this in the root of the project.`);
  }
}
