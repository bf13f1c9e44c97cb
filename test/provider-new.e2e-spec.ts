import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cp, mkdtemp, readdir, readFile, realpath, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { text } from 'node:stream/consumers';

const PROJECT = resolve(import.meta.dirname, '..');
const COMMAND = join(PROJECT, 'dist/cli/provider-new.js');
const COPIED = [
  'src',
  'test',
  'package.json',
  'tsconfig.json',
  'tsconfig.build.json',
  'eslint.config.js',
  'nest-cli.json',
  '.env.example',
  '.prettierignore',
];

const RESULTS = 'results.json';
/** Compiler, linter and a whole test run on a busy machine. */
const LONGEST_MS = 180_000;

const PROVIDER = 'src/providers/pinterest';
const WRITTEN = [
  `${PROVIDER}/pinterest.api.spec.ts`,
  `${PROVIDER}/pinterest.api.ts`,
  `${PROVIDER}/pinterest.client.ts`,
  `${PROVIDER}/pinterest.config.ts`,
  `${PROVIDER}/pinterest.contract.spec.ts`,
  `${PROVIDER}/pinterest.errors.ts`,
  `${PROVIDER}/pinterest.manager.ts`,
  `${PROVIDER}/pinterest.module.ts`,
  `${PROVIDER}/pinterest.normaliser.spec.ts`,
  `${PROVIDER}/pinterest.normaliser.ts`,
  `${PROVIDER}/pinterest.provider.ts`,
  `${PROVIDER}/pinterest.support.ts`,
  'src/sandbox/pinterest/pinterest.simulator.ts',
];
const CHANGED = ['.env.example', 'src/providers/platforms.ts', 'src/sandbox/sandbox.ts'];

/** What of the contract holds before a line is written by hand: all that needs no call of the platform. */
const KEPT = [
  'preparing makes nothing of nothing',
  'preparing makes a row or a rejection of every user, in the order of the users',
  'preparing names rejections by words of the fixed vocabulary',
  'preparing gives the same for the same users and changes none of them',
  'preparing never sends the digest of nothing',
  'preparing keeps its limits known and its own',
  'explaining makes of each user what it makes of it alone, so that a batch can be looked at in parts',
  'explaining tells all that a row holds of its user, and nothing else',
  'explaining comes to the same with a listener as without one',
  'explaining tells every step from the value that was given to the normal form that is sent, or whose digest is',
  'explaining tells nothing of a field only where the field makes no difference',
  'explaining tells why an identifier is left out, in words and with the reason',
  'preparing anything makes a row or a rejection of every user, never both, in the order of the users',
  'preparing anything rejects only fields that came, by words of the vocabulary, each once',
  'preparing anything makes of a user what it makes of it alone, whoever stands beside it',
  'preparing anything sends digests of 64 lower-case hex digits, none of them of nothing, and text that is UTF-8',
  'preparing anything sends no address and no number plain, unless the platform wants it so',
  'preparing anything sends the same for an address in any case and among any blanks',
  'preparing anything sends the same for a number however it is grouped',
  'preparing anything passes digests on in lower case, or rejects them where values go plain',
  'delivering sends nothing for users that it cannot use, and says so',
  'managing says of each action that it lacks, in a sentence, why and what there is instead',
  'managing has what update needs, or says that it lacks it',
  'managing has what share needs, or says that it lacks it',
  'managing has what createLookalike needs, or says that it lacks it',
  'managing can do what it offers, and offers what it can do',
  'managing tells bounds and a pace that can be kept',
  'privacy tells rejections by batch, row, edgeTagId, field and reason, and no other value',
];
const LEFT_TO_WRITE = [
  'delivering looks an audience up or makes it once, however many batches come together',
  'delivering delivers one user',
  'delivering delivers as many as fit one request',
  'delivering delivers one more than fit one request',
  'delivering loses and doubles nobody when the connection drops at any chunk',
  'delivering doubles nobody when an answer is lost',
  'failing waits and delivers after a 500',
  'failing waits and delivers after a 503 at the look-up',
  'failing waits and delivers after an HTML page',
  'failing waits and delivers after a dropped connection',
  'failing waits and delivers after a dropped connection at the look-up',
  'failing waits as long as a rate limit says',
  'failing stops the tag with a credential that is expired as credentials-rejected, and delivers once it is mended and resumed',
  'managing reads a fresh audience',
  'managing shows in reading what it has changed',
  'managing deletes an audience, also one that is gone already, and reads nothing then',
  'managing takes users out who were sent, also those who are out already',
  'managing tells a credential that is expired',
  'managing tells how long a rate limit lasts',
  'privacy lets plain values leave only where the platform wants them plain',
  'privacy keeps the credential out of every address',
  'privacy writes neither credential nor value to its log, whatever the platform refuses',
];

interface Ended {
  readonly code: number | null;
  readonly output: string;
}

interface TestRun {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly ancestorTitles: string[];
      readonly title: string;
      readonly status: string;
    }[];
  }[];
}

let root: string;
let before: ReadonlyMap<string, string>;
let answer: Ended;

/** Runs a file with this Node in the copy. */
async function run(file: string, ...words: string[]): Promise<Ended> {
  const env = { PATH: process.env.PATH, HOME: process.env.HOME };
  const child = spawn(process.execPath, [file, ...words], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code: child.exitCode, output: stdout + stderr };
}

/** The new provider's specs, and those of others that it might break. */
function runSpecs(): Promise<Ended> {
  const jest = ['--experimental-vm-modules', '--no-warnings=ExperimentalWarning', tool('jest/bin/jest.js')] as const;
  const options = ['--json', '--outputFile', RESULTS, '--cacheDirectory', join(root, 'jest-cache')];
  return run(...jest, ...options, PROVIDER, 'test/architecture.spec.ts', 'src/sandbox/sandbox.spec.ts');
}

const tool = (path: string) => join(root, 'node_modules', path);

/** Every file of the copy with its text; the packages are only linked. */
async function tree(): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(root, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(
    await Promise.all(paths.map(async (path) => [relative(root, path), await readFile(path, 'utf8')] as const)),
  );
}

beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'audience-provider-new-')));
  await Promise.all(COPIED.map((path) => cp(join(PROJECT, path), join(root, path), { recursive: true })));
  await symlink(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
  before = await tree();
  answer = await run(COMMAND, 'pinterest');
});

afterAll(() => rm(root, { recursive: true, force: true }));

describe('npm run provider:new pinterest', () => {
  it('says what it wrote and what is left to write', () => {
    expect(answer).toMatchObject({ code: 0 });
    for (const path of WRITTEN) expect(answer.output).toContain(`written  ${path}\n`);
    for (const path of CHANGED) expect(answer.output).toContain(`changed  ${path}\n`);
    expect(answer.output).toContain("grep -rn 'TO WRITE' src/providers/pinterest src/sandbox/pinterest");
  });

  it('touches its two folders, two lists and the variables, and nothing else', async () => {
    const after = await tree();
    expect([...after.keys()].filter((path) => !before.has(path)).sort()).toEqual(WRITTEN);
    expect([...before.keys()].filter((path) => after.get(path) !== before.get(path)).sort()).toEqual(CHANGED);
  });

  it.each([
    ['.env.example', 5],
    ['src/providers/platforms.ts', 4],
    ['src/sandbox/sandbox.ts', 2],
  ])('only adds lines to %s: %i', async (path, lines) => {
    const old = before.get(path)!.split('\n');
    const added: string[] = [];
    for (const line of (await readFile(join(root, path), 'utf8')).split('\n')) {
      if (line === old[0]) old.shift();
      else added.push(line);
    }
    expect(old).toEqual([]);
    expect(added).toHaveLength(lines);
    expect(added.filter((line) => line !== '' && !/pinterest/i.test(line))).toEqual([]);
  });

  it.each([
    ['pinterest', /^src\/providers\/pinterest is there already\.\n$/],
    ['Pin-terest', /^"Pin-terest" cannot be an id: .*\.\n$/],
  ])('refuses %s with one sentence', async (id, sentence) => {
    const untouched = await tree();
    const { code, output } = await run(COMMAND, id);
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(await tree()).toEqual(untouched);
  });

  describe('what it writes', () => {
    let checks: readonly Ended[];
    let tests: Ended;
    let suites: TestRun['testResults'];

    beforeAll(async () => {
      const code = [...WRITTEN, ...CHANGED].filter((path) => path.endsWith('.ts'));
      [tests, ...checks] = await Promise.all([
        runSpecs(),
        run(tool('typescript/bin/tsc'), '--noEmit', '-p', 'tsconfig.json'),
        run(tool('eslint/bin/eslint.js'), ...code),
        run(tool('prettier/bin/prettier.cjs'), '--log-level', 'warn', '--check', ...code),
      ]);
      suites = (JSON.parse(await readFile(join(root, RESULTS), 'utf8')) as TestRun).testResults;
    }, LONGEST_MS);

    it.each([['compiler'], ['linter'], ['formatter']].map(([check], index) => [check, index] as const))(
      'passes the %s',
      (_, index) => {
        expect(checks[index]).toEqual({ code: 0, output: '' });
      },
    );

    it('keeps of the contract what needs no call of the platform, and tells what has to be written', () => {
      const contract = suites.find(({ name }) => name.endsWith('pinterest.contract.spec.ts'));
      const results = contract?.assertionResults ?? [];
      const named = (status: string) =>
        results
          .filter((result) => result.status === status)
          .map(({ ancestorTitles, title }) => [...ancestorTitles.slice(1), title].join(' '));
      expect(named('passed')).toEqual(KEPT);
      expect(named('failed')).toEqual(LEFT_TO_WRITE);
      expect(results).toHaveLength(KEPT.length + LEFT_TO_WRITE.length);
      expect(contract?.message).toContain('Pinterest: findAudience has to be written, in pinterest.client.ts');
    });

    it('passes its own specs, and those of the structure and the sandbox', () => {
      const others = suites.filter(({ name }) => !name.endsWith('pinterest.contract.spec.ts'));
      expect(others.map(({ name, status }) => [relative(root, name), status]).sort()).toEqual([
        [`${PROVIDER}/pinterest.api.spec.ts`, 'passed'],
        [`${PROVIDER}/pinterest.normaliser.spec.ts`, 'passed'],
        ['src/sandbox/sandbox.spec.ts', 'passed'],
        ['test/architecture.spec.ts', 'passed'],
      ]);
      expect(tests.output).toContain('1 failed, 4 passed, 5 total');
    });
  });
});
