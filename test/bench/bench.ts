/**
 * `npm run bench [-- --json]`: the built service over real HTTP, durability on, against the sandbox in a process of its own.
 * Every figure stands beside its floor, measured in the same run and in turns; ratios are the contract, milliseconds context.
 */
import { hash } from 'node:crypto';
import { cpus } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { madeUpUsers } from '../../src/demo/made-up-users.js';
import { type IsolationFigures, ISOLATION_TURNS, measureIsolation } from './isolation.js';
import { Programs } from './programs.js';

const USERS = 10_000;
const TURNS = 9;
const WARM_UP = 3;

const bytes = Buffer.from(JSON.stringify(madeUpUsers(USERS, 7)));
let sessionId = Date.now();

const programs = new Programs();
try {
  const port = await programs.sandbox();
  const origin = await programs.service({
    FACEBOOK_BASE_URL: `http://127.0.0.1:${port}`,
    FACEBOOK_ACCESS_TOKEN: 'sandbox-token',
    FACEBOOK_AD_ACCOUNT_ID: '1234567890',
  });
  const figures = await measure(origin);
  await programs.stop();
  report(figures, await measureIsolation(programs));
} finally {
  await programs.stop();
}

async function measure(origin: string): Promise<Record<string, number[]>> {
  const figures: Record<string, number[]> = { F6: [], P1: [], P4: [] };
  for (let turn = -WARM_UP; turn < TURNS; turn++) {
    const f6 = await timed(() => Promise.resolve(floor()));
    const p1 = await timed(() => upload(origin, '?sync=true'));
    const p4 = await timed(() => upload(origin, ''));
    await settled(origin);
    if (turn < 0) continue;
    figures.F6!.push(f6);
    figures.P1!.push(p1);
    figures.P4!.push(p4);
  }
  return figures;
}

/** F6: what nobody can avoid. `JSON.parse` of the bytes, then six digests per user of the values as they are. */
function floor(): number {
  const users = JSON.parse(bytes.toString()) as Record<string, string | undefined>[];
  let length = 0;
  for (const user of users) {
    for (const field of ['email', 'phone', 'lastName', 'firstName', 'postalCode', 'country']) {
      length += hash('sha256', user[field] ?? '').length;
    }
  }
  return length;
}

async function upload(origin: string, query: string): Promise<void> {
  const body = new FormData();
  body.set('name', 'Bench');
  body.set('batch', JSON.stringify({ sessionId: (sessionId += 1), sequence: 1, totalBatches: 1, totalUsers: USERS }));
  body.set('users', new Blob([bytes]), 'users.json');
  const answer = await fetch(`${origin}/audience${query}`, { method: 'POST', body });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`Answered ${answer.status}: ${text}`);
}

/** The async upload is delivered too before the next turn, so that turns do not overlap. */
async function settled(origin: string): Promise<void> {
  for (;;) {
    const { items } = (await (await fetch(`${origin}/sessions?limit=1`)).json()) as { items: { state: string }[] };
    if (items[0]?.state === 'completed') return;
    await sleep(20);
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}

function report(figures: Record<string, number[]>, isolation: IsolationFigures): void {
  const floorMedian = quantile(figures.F6!, 0.5);
  const rows = [
    ['F6', 'floor: JSON.parse + six digests a user', ''],
    ['P1', 'one batch, sync=true, one account: bytes in to 200 out', '<= 3.5'],
    ['P4', 'one batch, async: bytes in to stored', ''],
  ].map(([id = '', what = '', goal = '']) => {
    const all = figures[id]!;
    const median = quantile(all, 0.5);
    return { id, what, goal, median, min: Math.min(...all), max: Math.max(...all), ratio: median / floorMedian };
  });
  const shares = isolationRows(isolation);
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  if (process.argv.includes('--json'))
    return console.log(JSON.stringify({ machine, users: USERS, turns: TURNS, rows, isolation: shares }));
  console.log(`${machine}; ${USERS} users, ${bytes.length} bytes, ${TURNS} turns\n`);
  for (const { id, what, goal, median, min, max, ratio } of rows) {
    const times = `${median.toFixed(1)} ms (${min.toFixed(1)} - ${max.toFixed(1)})`;
    console.log(`${id}  ${what.padEnd(56)} ${times.padEnd(28)} ${ratio.toFixed(2)} x F6  ${goal}`);
  }
  console.log(`\nA batch of 100 users, stored to delivered, ${ISOLATION_TURNS} turns; three tags that work:`);
  for (const { id, what, goal, p50, p95, ratios } of shares) {
    const times = `${p50} ms (p95 ${p95})`;
    console.log(
      `${id}  ${what.padEnd(56)} ${times.padEnd(28)} ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')} x I1  ${goal}`,
    );
  }
}

function isolationRows({ alone, besideWell, besideSick }: IsolationFigures) {
  const [floor50, floor95] = [quantile(alone, 0.5), quantile(alone, 0.95)];
  return [
    { id: 'I1', what: 'alone', goal: '', all: alone },
    { id: 'I2', what: 'beside two more that work', goal: '', all: besideWell },
    { id: 'I3', what: 'beside one that answers 429 and one refusing its token', goal: '<= I2', all: besideSick },
  ].map(({ id, what, goal, all }) => {
    const [p50, p95] = [quantile(all, 0.5), quantile(all, 0.95)];
    return { id, what, goal, p50, p95, ratios: [p50 / floor50, p95 / floor95] };
  });
}

function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((one, other) => one - other);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]!;
}
