import { openAsBlob } from 'node:fs';
import { open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { madeUpUsers } from '../../../src/demo/made-up-users.js';
import { SIMULATOR_IDS, type SimulatorId } from '../../../src/sandbox/sandbox.js';
import { freshSession, post, settled } from '../client.js';
import { median, megabytes, type Row, timed } from '../figures.js';
import type { BenchSandbox } from '../bench-sandbox.js';
import type { BenchService } from '../bench-service.js';
import type { Ground } from '../ground.js';
import { BATCH_USERS, f6Ms, usersBytes } from '../users.js';

const MOST_MEMORY_BATCHES = 350 * 1024 ** 2;
const MOST_MEMORY_FILE = 300 * 1024 ** 2;
/** By then everything that is kept is there. */
const SETTLED_IN = 20;
const MOST_GROWTH = 1.1;
const SMALL_USERS = 100;
const SMALL_TURNS = 9;

/** What one long run has shown. */
interface LongRun {
  readonly ms: number;
  readonly floorMs: number;
  readonly memory: { readonly early: number; readonly late: number; readonly peak: number };
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

/**
 * P6, P7 and P10: a million users (or as many as asked for), in batches to one platform and to six, and as one streamed file;
 * small sessions of another name in between.
 */
export async function measureMillion(ground: Ground, sandbox: BenchSandbox, users: number): Promise<Row[]> {
  const batches = Math.ceil(users / BATCH_USERS);
  const rows: Row[] = [];
  const each = [
    ['', { MEMBERS: 'off' }],
    [' members', {}],
  ] as const;
  for (const [suffix, env] of each) {
    const one = await longRun(ground, sandbox, ['facebook'], batches, env);
    const kept = suffix && ', with the members store';
    rows.push(...memoryRows(one, suffix, kept), speedRow(one, `P7${suffix}`, `to one platform${kept}`, 6));
    rows.push(smallRow(one, `P10${suffix}`, kept));
    const six = await longRun(ground, sandbox, SIMULATOR_IDS, batches, env);
    rows.push(speedRow(six, `P7 six${suffix}`, `to six platforms${kept}`, 20));
  }
  return [...rows, await streamedFile(ground, sandbox, batches)];
}

async function longRun(
  ground: Ground,
  sandbox: BenchSandbox,
  platforms: readonly SimulatorId[],
  batches: number,
  env: Record<string, string>,
): Promise<LongRun> {
  const service = await ground.service(await ground.deployment({ ...sandbox.environment(...platforms), ...env }));
  const warmUp = await post(service.origin, { users: usersBytes(1), name: 'Warm-up' });
  await settled(service.origin, warmUp);
  const alone = await smallSessions(service, () => true);
  const floors: number[] = [];
  const memory = { early: 0, late: 0, peak: 0 };
  const sessionId = freshSession();
  await service.forgetPeak();
  let isRunning = true;
  const beside = smallSessions(service, () => isRunning);
  const ms = await timed(async () => {
    let session = '';
    for (let sequence = 1; sequence <= batches; sequence++) {
      const users = usersBytes(1_000 + sequence);
      if (sequence % 10 === 0) floors.push(await f6Ms(users));
      session = await post(service.origin, { users, name: 'Million', sessionId, sequence, totalBatches: batches });
      if (sequence === SETTLED_IN) memory.early = (await service.memory()).now;
    }
    await settled(service.origin, session, 100);
  });
  isRunning = false;
  const { now, peak } = await service.memory();
  Object.assign(memory, { late: now, peak });
  const figures = { ms, floorMs: median(floors) * batches, memory, alone, beside: await beside };
  await service.stop();
  return figures;
}

/** How long small sessions take, one after the other, ms. */
async function smallSessions({ origin }: BenchService, goesOn: () => boolean): Promise<number[]> {
  const taken: number[] = [];
  for (let turn = 0; turn < SMALL_TURNS && goesOn(); turn++) {
    await sleep(300);
    const users = Buffer.from(JSON.stringify(madeUpUsers(SMALL_USERS, turn + 1)));
    taken.push(
      await timed(async () => settled(origin, await post(origin, { users, name: 'Small', count: SMALL_USERS }), 5)),
    );
  }
  return taken;
}

/** P6: one file of all users, a JSON array, streamed from the disk. */
async function streamedFile(ground: Ground, sandbox: BenchSandbox, batches: number): Promise<Row> {
  const path = join(tmpdir(), `audience-bench-${process.pid}.json`);
  const file = await open(path, 'w');
  try {
    for (let batch = 0; batch < batches; batch++) {
      const users = usersBytes(1_000 + batch).subarray(1, -1);
      await file.write(Buffer.concat([Buffer.from(batch === 0 ? '[' : ','), users]));
    }
    await file.write(']');
    await file.close();
    const deployment = await ground.deployment({ ...sandbox.environment('facebook'), MEMBERS: 'off' });
    const service = await ground.service(deployment);
    const users = await openAsBlob(path);
    let stored = 0;
    const ms = await timed(async () => {
      let session = '';
      const count = batches * BATCH_USERS;
      stored = await timed(async () => (session = await post(service.origin, { users, name: 'File', count })));
      await settled(service.origin, session, 100);
    });
    const { peak } = await service.memory();
    await service.stop();
    return {
      id: 'P6 file',
      what: 'peak memory of api + worker, the same as one streamed file',
      goal: `<= ${megabytes(MOST_MEMORY_FILE)}`,
      isMet: peak <= MOST_MEMORY_FILE,
      figure: `${megabytes(peak)}; stored in ${(stored / 1000).toFixed(1)} s, delivered in ${(ms / 1000).toFixed(1)} s`,
      ratio: '',
      numbers: { median: peak, ms, stored },
    };
  } finally {
    await rm(path, { force: true });
  }
}

function memoryRows({ memory }: LongRun, suffix: string, kept: string): Row[] {
  const growth = memory.late / memory.early;
  return [
    {
      id: `P6${suffix}`,
      what: `peak memory of api + worker, all users in batches${kept}`,
      goal: `<= ${megabytes(MOST_MEMORY_BATCHES)}`,
      isMet: memory.peak <= MOST_MEMORY_BATCHES,
      figure: megabytes(memory.peak),
      ratio: '',
      numbers: { median: memory.peak },
    },
    {
      id: `P6 growth${suffix}`,
      what: `memory at the end, against that after batch ${SETTLED_IN}${kept}`,
      goal: `<= ${MOST_GROWTH}`,
      isMet: growth <= MOST_GROWTH,
      figure: `${megabytes(memory.early)} to ${megabytes(memory.late)}`,
      ratio: growth.toFixed(2),
      numbers: { median: growth, early: memory.early, late: memory.late },
    },
  ];
}

function speedRow({ ms, floorMs }: LongRun, id: string, what: string, most: number): Row {
  const ratio = ms / floorMs;
  return {
    id,
    what: `all users in batches, async, ${what}: until all have arrived`,
    goal: `<= ${most} x sum of F6`,
    isMet: ratio <= most,
    figure: `${(ms / 1000).toFixed(1)} s; floor ${(floorMs / 1000).toFixed(1)} s`,
    ratio: `${ratio.toFixed(2)} x sum of F6`,
    numbers: { median: ms, floor: floorMs, ratio },
  };
}

function smallRow({ alone, beside }: LongRun, id: string, kept: string): Row {
  const [floor, ms] = [median(alone), median(beside)];
  return {
    id,
    what: `a session of ${SMALL_USERS} users while all of these pass${kept}`,
    goal: '<= 3 x alone',
    isMet: ms <= 3 * floor,
    figure: `${ms.toFixed(0)} ms (${Math.min(...beside).toFixed(0)} - ${Math.max(...beside).toFixed(0)}); alone ${floor.toFixed(0)} ms`,
    ratio: `${(ms / floor).toFixed(2)} x alone`,
    numbers: { median: ms, floor, ratio: ms / floor, turns: beside.length },
  };
}
