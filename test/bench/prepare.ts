/**
 * `node --no-warnings --import ./test/support/typescript-hook.ts test/bench/prepare.ts [-- --json]`: what a provider does with
 * users before anything is sent. No database, no network: `prepare`, the division into chunks, and the bodies as bytes.
 */
import { hash } from 'node:crypto';
import { nextChunk } from '../../src/deliveries/execution/chunks/chunks.js';
import { madeUpUsers } from '../../src/demo/made-up-users.js';
import type { AudienceProvider } from '../../src/providers/contract/audience-provider.js';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { toAudienceUsers } from '../../src/providers/contract/read-users.js';
import { type Preparation, preparations } from './preparations.js';

const USERS = 10_000;
const TURNS = 15;
const WARM_UP = 5;

/** One measured piece of work, ms. CPU is that of all threads of the process. */
export interface PrepareTimes {
  readonly wall: number[];
  readonly cpu: number[];
}

/** The floor, each provider by its id, and all of them: with the users in common, and with users of their own each. */
export interface PrepareFigures {
  readonly f6: PrepareTimes;
  readonly providers: ReadonlyMap<string, PrepareTimes>;
  readonly together: PrepareTimes;
  readonly apart: PrepareTimes;
}

/** Measures everything in turns, so that whatever slows the machine down slows all of it down. */
export function measurePrepare(turns: number): PrepareFigures {
  const bytes = Buffer.from(JSON.stringify(madeUpUsers(USERS, 7)));
  const all = preparations();
  const figures: PrepareFigures = {
    f6: { wall: [], cpu: [] },
    providers: new Map(all.map(({ provider }) => [provider.id, { wall: [], cpu: [] }])),
    together: { wall: [], cpu: [] },
    apart: { wall: [], cpu: [] },
  };
  for (let turn = -WARM_UP; turn < turns; turn += 1) {
    const into = (times: PrepareTimes) => (turn < 0 ? { wall: [], cpu: [] } : times);
    timed(into(figures.f6), () => floorOf(bytes));
    for (const one of all) {
      // Read anew each time, as a delivery does: texts that were hashed before are faster.
      const users = read(bytes);
      timed(into(figures.providers.get(one.provider.id)!), () => bodiesOf(one, users));
    }
    const shared = read(bytes);
    timed(into(figures.together), () => all.reduce((size, one) => size + bodiesOf(one, shared), 0));
    const own = all.map(() => read(bytes));
    timed(into(figures.apart), () => all.reduce((size, one, at) => size + bodiesOf(one, own[at]!), 0));
  }
  return figures;
}

/** F6: what nobody can avoid. `JSON.parse` of the bytes, then six digests per user of the values as they are. */
export function floorOf(bytes: Buffer): number {
  const users = JSON.parse(bytes.toString()) as Record<string, string | undefined>[];
  let length = 0;
  for (const user of users) {
    for (const field of ['email', 'phone', 'lastName', 'firstName', 'postalCode', 'country']) {
      length += hash('sha256', user[field] ?? '').length;
    }
  }
  return length;
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

function timed(times: PrepareTimes, work: () => number): void {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  if (work() === 0) throw new Error('Nothing was made');
  times.wall.push(performance.now() - startedAt);
  const { user, system } = process.cpuUsage(cpu);
  times.cpu.push((user + system) / 1_000);
}

function median(figures: readonly number[]): number {
  return [...figures].sort((one, other) => one - other)[Math.floor(figures.length / 2)]!;
}

function report({ f6, providers, together, apart }: PrepareFigures): void {
  const rows = [['F6', f6], ...providers, ['together', together], ['apart', apart]] as [string, PrepareTimes][];
  for (const [name, { wall, cpu }] of rows) {
    const times = `${median(wall).toFixed(1)} ms (${Math.min(...wall).toFixed(1)} - ${Math.max(...wall).toFixed(1)})`;
    const [ratio, cpuRatio] = [median(wall) / median(f6.wall), median(cpu) / median(f6.cpu)];
    const least = Math.min(...wall) / Math.min(...f6.wall);
    const ratios = `${ratio.toFixed(2)} x F6 (least ${least.toFixed(2)}), CPU ${cpuRatio.toFixed(2)} x`;
    console.log(`${name.padEnd(10)} ${times.padEnd(26)} ${ratios}`);
  }
}

if (process.argv[1] === import.meta.filename) {
  const figures = measurePrepare(TURNS);
  if (process.argv.includes('--json'))
    console.log(JSON.stringify({ ...figures, providers: Object.fromEntries(figures.providers) }));
  else report(figures);
}
