import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, posix, relative, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const src = join(root, 'src');

/** Which part of `src` may import which others. A part is the longest of these prefixes that a file stands under. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  '': ['*'],
  audience: [
    'custom-audiences',
    'events',
    'members',
    'membership',
    'uploads',
    'intake',
    'sessions',
    'deliveries',
    'providers',
    'providers/contract',
    'storage',
    'config',
    'common',
    'auth',
    'metrics',
  ],
  'custom-audiences': [
    'membership',
    'members',
    'uploads',
    'events',
    'sessions',
    'deliveries',
    'providers',
    'providers/contract',
    'storage',
    'config',
    'common',
    'auth',
    'metrics',
  ],
  erasures: [
    'custom-audiences',
    'membership',
    'members',
    'deliveries',
    'providers',
    'providers/contract',
    'storage',
    'config',
    'common',
    'auth',
  ],
  membership: [
    'members',
    'events',
    'sessions',
    'deliveries',
    'providers',
    'providers/contract',
    'storage',
    'config',
    'common',
  ],
  members: ['providers/contract', 'providers/kit', 'storage', 'config', 'common'],
  uploads: ['providers/contract', 'config', 'common'],
  intake: ['uploads', 'storage', 'common'],
  events: ['storage', 'config', 'common', 'auth', 'metrics'],
  sessions: ['deliveries', 'providers/contract', 'storage', 'config', 'common', 'auth', 'metrics'],
  deliveries: [
    'members',
    'events',
    'providers',
    'providers/contract',
    'storage',
    'config',
    'common',
    'auth',
    'metrics',
  ],
  providers: ['providers/*', 'storage', 'config', 'common', 'auth', 'metrics'],
  'providers/contract': [],
  'providers/kit': ['providers/contract', 'config', 'common', 'metrics'],
  'providers/tokens': ['providers/kit', 'storage'],
  'providers/*': ['providers/contract', 'providers/kit', 'config'],
  storage: ['config', 'common'],
  metrics: ['auth', 'common', 'config'],
  auth: ['config', 'common'],
  config: ['common'],
  common: ['config'],
  health: ['*'],
  process: ['*'],
  demo: ['*'],
  sandbox: [],
};

/** Folders beside the platforms' that are parts of their own. */
const NO_PLATFORMS = ['contract', 'kit', 'tokens'];

/** What no file of `src` may hold, and why. */
const BANS: readonly [pattern: RegExp, why: string, except: RegExp][] = [
  [/process\.env\b/, 'the environment is read once, in config', /^(config|demo|sandbox)\/|^storage\/postgres\/run-as/],
  [/console\.\w+\(/, 'logs go through the logger', /^(demo|sandbox\/sandbox\.cli)/],
  [/NODE_ENV/, 'production code does not know of tests', /^$/],
  [/createHash\(/, 'crypto.hash is faster', /^sandbox\//],
  [/from '(pg-boss)'/, 'one file knows the queue', /^deliveries\/delivery-queue\.ts$/],
  [/\bas any\b|: any\b/, 'types are known', /^$/],
  [/@ts-ignore|@ts-expect-error|eslint-disable/, 'findings are mended', /^$/],
  [/forwardRef\(/, 'arrows go one way', /^$/],
];

interface SourceFile {
  readonly path: string;
  readonly text: string;
}

const files = sourceFiles(src);
/** Specs may reach for the sandbox and for whatever they put together. */
const sources = files.filter(({ path }) => !path.endsWith('.spec.ts'));

describe('the structure of src', () => {
  it('has files to look at', () => {
    expect(files.length).toBeGreaterThan(50);
  });

  it('imports only along the arrows', () => {
    const wrong = sources.flatMap(({ path, text }) =>
      importsOf(path, text)
        .filter((imported) => !mayImport(partOf(path), partOf(imported)))
        .map((imported) => `${path} -> ${imported}`),
    );
    expect(wrong).toEqual([]);
  });

  it('imports with .js endings, from no index and from nothing outside src', () => {
    const wrong = sources.flatMap(({ path, text }) =>
      relativeImports(text)
        .filter((name) => !name.endsWith('.js') || name.endsWith('/index.js') || leavesSrc(path, name))
        .map((name) => `${path}: ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps files within 200 lines, specs within 300', () => {
    const long = [...files, ...sourceFiles(join(root, 'test'))]
      .map(({ path, text }) => ({ path, lines: text.split('\n').length - 1 }))
      .filter(({ path, lines }) => lines > (/spec\.ts$/.test(path) ? 300 : 200))
      .map(({ path, lines }) => `${path}: ${lines}`);
    expect(long).toEqual([]);
  });

  it('keeps at most 12 source files in a folder', () => {
    const counts = new Map<string, number>();
    for (const { path } of sources) {
      counts.set(dirname(path), (counts.get(dirname(path)) ?? 0) + 1);
    }
    expect([...counts].filter(([, count]) => count > 12)).toEqual([]);
  });

  it('keeps constructors within 6 dependencies', () => {
    const wide = files.flatMap(({ path, text }) =>
      [...text.matchAll(/constructor\(([^{]*?)\)\s*\{/gs)]
        .filter(([, params = '']) => params.split(',').filter((param) => param.trim() !== '').length > 6)
        .map(() => path),
    );
    expect(wide).toEqual([]);
  });

  it.each(BANS.map(([pattern, why, except]) => [why, pattern, except] as const))('%s', (_, pattern, except) => {
    const found = sources
      .filter(({ path, text }) => !except.test(path) && pattern.test(withoutComments(text)))
      .map(({ path }) => path);
    expect(found).toEqual([]);
  });

  it('names every platform only in its folder and in one list', () => {
    const folders = readdirSync(join(src, 'providers'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && ![...NO_PLATFORMS, 'dto'].includes(entry.name))
      .map(({ name }) => name);
    expect(folders.length).toBeGreaterThan(0);
    const elsewhere = sources.filter(
      ({ path, text }) =>
        path !== 'providers/platforms.ts' &&
        importsOf(path, text).some((name) =>
          folders.some((id) => name.startsWith(`providers/${id}/`) && !path.startsWith(`providers/${id}/`)),
        ),
    );
    expect(elsewhere.map(({ path }) => path)).toEqual([]);
  });
});

function sourceFiles(folder: string): SourceFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => ({ path: relative(folder, path), text: readFileSync(path, 'utf8') }));
}

function relativeImports(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.{1,2}\/[^']+)'/g)].map(([, name]) => name!);
}

function importsOf(path: string, text: string): string[] {
  return relativeImports(text)
    .filter((name) => !leavesSrc(path, name))
    .map((name) => posix.join(dirname(path), name));
}

function leavesSrc(path: string, name: string): boolean {
  return posix.join(dirname(path), name).startsWith('..');
}

function partOf(path: string): string {
  const [first = '', second = '', third] = path.split('/');
  if (first === 'providers' && third !== undefined) {
    if (second === 'dto') return 'providers';
    return NO_PLATFORMS.includes(second) ? `providers/${second}` : `providers/*/${second}`;
  }
  return second === '' ? '' : first;
}

function mayImport(from: string, to: string): boolean {
  if (from === to) return true;
  const allowed = ARROWS[from.startsWith('providers/*/') ? 'providers/*' : from];
  if (!allowed) throw new Error(`No arrows are set for "${from}"`);
  return allowed.some((part) => part === '*' || part === to || (part === 'providers/*' && to.startsWith('providers/')));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1');
}
