/**
 * `npm run bench [-- --short] [-- --json] [-- --guard] [-- --only=P1,P4] [-- --turns=9] [-- --users=1000000]`
 *
 * The built service over real HTTP, PostgreSQL with durability on, the sandbox in a process of its own. Every figure stands beside
 * its floor, measured in the same run and in turns; ratios are the contract, milliseconds context. `--short` leaves the long rows
 * out, `--guard` fails when a guarded ratio misses its goal by more than its slack.
 */

import type { Row } from './figures.js';
import type { BenchSandbox } from './bench-sandbox.js';
import { Ground } from './ground.js';
import { measurePreparing } from './rows/preparing.js';
import { measureAccept, measureSync } from './rows/batch.js';
import { measureIsolation } from './rows/isolation.js';
import { measureMillion } from './rows/million.js';
import { measureScaling } from './rows/scaling.js';
import { measureStalls } from './rows/stalls.js';
import { measureStorage } from './rows/storage.js';
import { measureWorkerCpu } from './rows/worker-cpu.js';
import { lineOf, machine, regressions } from './report.js';

const SLACK = 0.3;

const has = (name: string) => process.argv.includes(`--${name}`);
const number = (name: string, otherwise: number) =>
  Number(process.argv.find((text) => text.startsWith(`--${name}=`))?.split('=')[1] ?? otherwise);
const only = process.argv
  .find((text) => text.startsWith('--only='))
  ?.slice('--only='.length)
  .split(',');

const turns = number('turns', 9);
const manyUsers = number('users', 1_000_000);

type Measure = (ground: Ground, sandbox: BenchSandbox) => Promise<Row[]>;

/** Short ones first; the last four are left out of the short form. */
const SHORT: readonly (readonly [string, Measure])[] = [
  ['P1', (ground, sandbox) => measureSync(ground, sandbox, turns)],
  ['P2', () => Promise.resolve(measurePreparing(turns))],
  [
    'P3',
    (ground, sandbox) => measureWorkerCpu(ground, sandbox, has('short') ? Math.ceil(turns / 3) : turns, has('short')),
  ],
  ['P4', (ground, sandbox) => measureAccept(ground, sandbox, turns)],
  ['P8', () => measureStorage(turns)],
];
const LONG: readonly (readonly [string, Measure])[] = [
  ['P5', (ground, sandbox) => measureStalls(ground, sandbox, turns)],
  ['P9', (ground, sandbox) => measureScaling(ground, sandbox)],
  ['I', (ground, sandbox) => measureIsolation(ground, sandbox)],
  ['P6', (ground, sandbox) => measureMillion(ground, sandbox, manyUsers)],
];

const rows: Row[] = [];
const isQuiet = has('json');
if (!isQuiet) console.log(`${machine()}; ${turns} turns\n`);
for (const [id, measure] of has('short') ? SHORT : [...SHORT, ...LONG]) {
  if (only && !only.includes(id)) continue;
  let found = await onGround(measure);
  // What else the machine does can slow one measurement down, but hardly two: the second one counts.
  if (has('guard') && regressions(found, SLACK).length > 0) found = await onGround(measure);
  rows.push(...found);
  if (!isQuiet) found.forEach((row) => console.log(lineOf(row)));
}
if (isQuiet) console.log(JSON.stringify({ machine: machine(), turns, rows }));

const slower = has('guard') ? regressions(rows, SLACK) : [];
for (const { id, ratio, guarded } of slower)
  console.error(`${id} got slower: ${ratio}, and ${guarded!.most} was reached`);
process.exitCode = slower.length > 0 ? 1 : 0;

async function onGround(measure: Measure): Promise<Row[]> {
  const ground = new Ground();
  try {
    return await measure(ground, await ground.sandbox());
  } finally {
    await ground.stop();
  }
}
