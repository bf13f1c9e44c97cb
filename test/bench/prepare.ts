/**
 * `node --no-warnings --import ./test/support/typescript-hook.ts test/bench/prepare.ts [-- --json]`: what a provider does with
 * users before anything is sent. No database, no network: `prepare`, the division into chunks, and the bodies as bytes.
 */
import { nextChunk } from '../../src/deliveries/execution/chunks/chunks.js';
import type { AudienceProvider } from '../../src/providers/contract/audience-provider.js';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { toAudienceUsers } from '../../src/providers/contract/read-users.js';
import { median } from './figures.js';
import { type Preparation, preparations } from './preparations.js';
import { f6, usersBytes } from './users.js';

const TURNS = 15;
const WARM_UP = 5;

/** One piece of work, turn by turn, ms. CPU is that of all threads of the process. */
export interface PrepareTimes {
  readonly wall: number[];
  readonly cpu: number[];
  /** F6 in the same turn, the mean of before and after: what slows the machine down for a moment slows both down. */
  readonly floorWall: number[];
  readonly floorCpu: number[];
}

/** Each provider by its id, and all of them one after the other: with the users in common, and with users of their own each. */
export interface PrepareFigures {
  readonly providers: ReadonlyMap<string, PrepareTimes>;
  readonly together: PrepareTimes;
  readonly apart: PrepareTimes;
}

interface Took {
  readonly wall: number;
  readonly cpu: number;
}

/** Measures everything in turns, each time between two floors. */
export function measurePrepare(turns: number): PrepareFigures {
  const bytes = usersBytes(7);
  const all = preparations();
  const figures = { providers: new Map<string, PrepareTimes>(), together: noTimes(), apart: noTimes() };
  for (const { provider } of all) figures.providers.set(provider.id, noTimes());
  let before = timed(() => f6(bytes));
  const measure = (times: PrepareTimes, isWarmUp: boolean, work: () => number) => {
    const took = timed(work);
    const after = timed(() => f6(bytes));
    if (!isWarmUp) {
      times.wall.push(took.wall);
      times.cpu.push(took.cpu);
      times.floorWall.push((before.wall + after.wall) / 2);
      times.floorCpu.push((before.cpu + after.cpu) / 2);
    }
    before = after;
  };
  for (let turn = -WARM_UP; turn < turns; turn += 1) {
    for (const one of all) {
      // Read anew each time, as a delivery does: texts that were hashed before are faster.
      const users = read(bytes);
      measure(figures.providers.get(one.provider.id)!, turn < 0, () => bodiesOf(one, users));
    }
    const shared = read(bytes);
    measure(figures.together, turn < 0, () => all.reduce((size, one) => size + bodiesOf(one, shared), 0));
    const own = all.map(() => read(bytes));
    measure(figures.apart, turn < 0, () => all.reduce((size, one, at) => size + bodiesOf(one, own[at]!), 0));
  }
  return figures;
}

/** The median over all turns of how many floors the work took. */
export function ratioOf({ wall, floorWall }: PrepareTimes): number {
  return median(wall.map((ms, turn) => ms / floorWall[turn]!));
}

/** The same of CPU. */
export function cpuRatioOf({ cpu, floorCpu }: PrepareTimes): number {
  return median(cpu.map((ms, turn) => ms / floorCpu[turn]!));
}

/** Prepares the users and writes the bodies of all chunks; the bytes of these. */
function bodiesOf({ provider, bodyOf }: Preparation, users: readonly AudienceUser[]): number {
  const { rows } = provider.prepare(users, 'default');
  const budget = budgetOf(provider);
  let size = 0;
  for (let from = 0; ;) {
    const chunk = nextChunk(rows, from, budget);
    if (chunk.length === 0) return size;
    size += bodyOf(chunk.map(({ row }) => row as never)).length;
    from = chunk.at(-1)!.user + 1;
  }
}

function budgetOf(provider: AudienceProvider) {
  const { rowsPerChunk, bytesPerChunk } = provider.limitsOf('default');
  return { rows: rowsPerChunk, bytes: bytesPerChunk, rowBytes: provider.rowBytes?.bind(provider) };
}

function read(bytes: Buffer): AudienceUser[] {
  return toAudienceUsers(JSON.parse(bytes.toString()) as unknown[]);
}

function noTimes(): PrepareTimes {
  return { wall: [], cpu: [], floorWall: [], floorCpu: [] };
}

function timed(work: () => number): Took {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  if (work() === 0) throw new Error('Nothing was made');
  const wall = performance.now() - startedAt;
  const { user, system } = process.cpuUsage(cpu);
  return { wall, cpu: (user + system) / 1_000 };
}

function report({ providers, together, apart }: PrepareFigures): void {
  for (const [name, times] of [...providers, ['together', together] as const, ['apart', apart] as const]) {
    const { wall, floorWall } = times;
    const range = `${median(wall).toFixed(1)} ms (${Math.min(...wall).toFixed(1)} - ${Math.max(...wall).toFixed(1)})`;
    const floor = `F6 ${median(floorWall).toFixed(1)} ms`;
    const ratios = `${ratioOf(times).toFixed(2)} x F6, CPU ${cpuRatioOf(times).toFixed(2)} x`;
    console.log(`${name.padEnd(10)} ${range.padEnd(26)} ${floor.padEnd(14)} ${ratios}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const figures = measurePrepare(TURNS);
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ ...figures, providers: Object.fromEntries(figures.providers) }));
  else report(figures);
}
