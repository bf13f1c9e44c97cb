/**
 * `npm run bench [-- --json]`: the built service over real HTTP, durability on, against the sandbox in a process of its own.
 * Every figure stands beside its floor, measured in the same run and in turns; ratios are the contract, milliseconds context.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const DIST = resolve(import.meta.dirname, '../../dist');
const USERS = 10_000;
const TURNS = 9;
const WARM_UP = 3;

interface MadeUpUsersModule {
  madeUpUsers(count: number, seed?: number): Record<string, unknown>[];
}

const { madeUpUsers } = (await import(join(DIST, 'demo/made-up-users.js'))) as MadeUpUsersModule;
const bytes = Buffer.from(JSON.stringify(madeUpUsers(USERS, 7)));
const folder = await mkdtemp(join(tmpdir(), 'audience-bench-'));
const children: ChildProcess[] = [];
let sessionId = Date.now();

try {
  const sandboxPort = await freePort();
  await start('sandbox/sandbox.cli.js', { SANDBOX_PORT: String(sandboxPort) }, 'runs until');
  const port = await freePort();
  const env = {
    PORT: String(port),
    DATA_DIR: folder,
    LOG_LEVEL: 'info',
    RATE_LIMIT_PER_MINUTE: '1000000',
    FACEBOOK_BASE_URL: `http://127.0.0.1:${sandboxPort}`,
    FACEBOOK_ACCESS_TOKEN: 'sandbox-token',
    FACEBOOK_AD_ACCOUNT_ID: '1234567890',
  };
  await start('main.js', env, 'Swagger UI');
  report(await measure(`http://127.0.0.1:${port}`));
} finally {
  for (const child of children.reverse()) {
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    await ended;
  }
  await rm(folder, { recursive: true, force: true });
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

function report(figures: Record<string, number[]>): void {
  const rows = [
    ['F6', 'floor: JSON.parse + six digests a user', 1, ''],
    ['P1', 'one batch, sync=true, one account: bytes in to 200 out', 0, '<= 3.5'],
    ['P4', 'one batch, async: bytes in to stored', 0, ''],
  ].map(([id, what, , goal]) => {
    const sorted = [...figures[id as string]!].sort((a, b) => a - b);
    const median = sorted[Math.floor(sorted.length / 2)]!;
    const floorMedian = [...figures.F6!].sort((a, b) => a - b)[Math.floor(figures.F6!.length / 2)]!;
    return { id, what, goal, median, min: sorted[0]!, max: sorted.at(-1)!, ratio: median / floorMedian };
  });
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  if (process.argv.includes('--json'))
    return console.log(JSON.stringify({ machine, users: USERS, turns: TURNS, rows }));
  console.log(`${machine}; ${USERS} users, ${bytes.length} bytes, ${TURNS} turns\n`);
  for (const { id, what, goal, median, min, max, ratio } of rows) {
    const times = `${median.toFixed(1)} ms (${min.toFixed(1)} - ${max.toFixed(1)})`;
    console.log(`${id}  ${String(what).padEnd(56)} ${times.padEnd(28)} ${ratio.toFixed(2)} x F6  ${goal}`);
  }
}

/** Starts a built program and waits until it has said that it is ready. */
async function start(program: string, env: Record<string, string>, ready: string): Promise<void> {
  const child = spawn(process.execPath, [join(DIST, program)], { env: { PATH: process.env.PATH, ...env } });
  children.push(child);
  let output = '';
  await new Promise<void>((resolveReady, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => {
        if (output.length < 20_000) output += text.toString();
        if (output.includes(ready)) resolveReady();
      });
    }
    child.once('exit', () => reject(new Error(`${program} ended: ${output}`)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('No free port');
  return address.port;
}
