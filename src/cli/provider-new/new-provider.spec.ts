import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { writeNewProvider } from './new-provider.js';
import { readProviderName } from './provider-name.js';

const PROJECT = resolve(import.meta.dirname, '../../..');
const LISTS = ['src/providers/platforms.ts', 'src/sandbox/sandbox.ts', '.env.example'];

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'audience-new-provider-'));
  for (const path of [...LISTS, 'package.json']) await cp(join(PROJECT, path), join(root, path));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const write = (id: string) => writeNewProvider(root, readProviderName([id]));
const textOf = (path: string) => readFile(join(root, path), 'utf8');

async function everything(): Promise<Record<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const texts = await Promise.all(paths.map(async (path) => [relative(root, path), await readFile(path, 'utf8')]));
  return Object.fromEntries(texts) as Record<string, string>;
}

describe('readProviderName', () => {
  it('spells the id as the code does', () => {
    expect(readProviderName(['reddit2'])).toEqual({ id: 'reddit2', className: 'Reddit2', variable: 'REDDIT2' });
  });

  it.each([[[]], [['']], [['pinterest', 'reddit']]])('asks for one id instead of %j', (words) => {
    expect(() => readProviderName(words)).toThrow(/^Give the id of one platform|^"" cannot be an id/);
  });

  it.each(['Pinterest', 'pin-terest', 'pin_terest', '2pin', 'pinterest/..', '../x', 'é', 'pin terest', 'x\n'])(
    'refuses %j',
    (id) => {
      expect(() => readProviderName([id])).toThrow(/cannot be an id: take a lower-case letter/);
    },
  );

  it.each(['kit', 'tokens', 'contract', 'dto', 'stop', 'ports', 'host', 'log', 'provider', 'audience'])(
    'refuses %j, which is taken',
    (id) => {
      expect(() => readProviderName([id])).toThrow(/uses this word for something else/);
    },
  );
});

describe('writeNewProvider', () => {
  it('writes every file under the new name, and tells which', async () => {
    const before = await everything();
    const { written, changed } = await write('pinterest');
    const after = await everything();
    expect(changed).toEqual(LISTS);
    expect(Object.keys(after).sort()).toEqual([...Object.keys(before), ...written].sort());
    const texts = written.map((path) => `${path}\n${after[path]}`).join('\n');
    expect(texts).not.toMatch(/acme/i);
    expect(texts).toContain('export class PinterestProvider extends AudienceProvider<PinterestRow>');
    expect(after['.env.example']).toMatch(/\n\n# Pinterest: .*\n#PINTEREST_ACCESS_TOKEN=\n/);
  });

  it('keeps lines short when the id is long', async () => {
    const { written } = await write('averylongnameofaplatform');
    const texts = await Promise.all([...written, ...LISTS.slice(0, 2)].map(textOf));
    const code = texts.flatMap((text) => text.split('\n')).filter((line) => !/^\s*(\/?\*|\/\/|it\()/.test(line));
    expect(code.filter((line) => line.length > 120)).toEqual([]);
    expect(texts.join('\n')).toContain('module: AverylongnameofaplatformModule,');
  });

  it.each([
    ['facebook', 'src/providers/platforms.ts names facebook already.'],
    ['reddit', 'src/providers/reddit is there already.'],
    ['quora', 'src/sandbox/quora is there already.'],
  ])('refuses %s, which exists, and writes nothing', async (id, sentence) => {
    await mkdir(join(root, 'src/providers/reddit'));
    await mkdir(join(root, 'src/sandbox/quora'));
    const before = await everything();
    await expect(write(id)).rejects.toThrow(sentence);
    expect(await everything()).toEqual(before);
  });

  it('writes nothing where a list cannot be added to', async () => {
    await writeFile(join(root, 'src/sandbox/sandbox.ts'), 'export const SIMULATORS = [];\n');
    const before = await everything();
    await expect(write('pinterest')).rejects.toThrow('src/sandbox/sandbox.ts does not have the list');
    expect(await everything()).toEqual(before);
  });

  it('says that it runs in the root of the project', async () => {
    await rm(join(root, '.env.example'));
    await expect(write('pinterest')).rejects.toThrow(
      '.env.example cannot be read: run this in the root of the project.',
    );
  });
});
