import { post } from '../client.js';
import { median, msWithSpread, quantile, type Row, timed, timeRow } from '../figures.js';
import type { BenchSandbox, Ground } from '../ground.js';
import { f6, usersBytes } from '../users.js';

const WARM_UP = 5;
const CLIENTS = 4;
const BATCHES_OF_A_CLIENT = 20;
/** Enough that one in twenty says something. */
const POSTS_A_TURN = 10;

/**
 * P1: one batch with `sync=true` to Facebook: from the first byte in to the 200 out, durably stored on the way. Every batch
 * brings people that the service has not seen; with the members store (the default) they are written into it as well.
 */
export async function measureSync(ground: Ground, sandbox: BenchSandbox, turns: number): Promise<Row[]> {
  const tags = sandbox.environment('facebook');
  const off = await ground.service(await ground.deployment({ ...tags, MEMBERS: 'off' }));
  const on = await ground.service(await ground.deployment(tags));
  const figures = { f6: [] as number[], off: [] as number[], on: [] as number[], again: [] as number[] };
  for (let turn = -WARM_UP; turn < turns; turn++) {
    const users = usersBytes(100 + turn);
    const taken = {
      f6: await timed(() => f6(users)),
      off: await timed(() => post(off.origin, { users }, '?sync=true')),
      on: await timed(() => post(on.origin, { users }, '?sync=true')),
      again: await timed(() => post(on.origin, { users }, '?sync=true')),
    };
    if (turn < 0) continue;
    for (const [name, ms] of Object.entries(taken)) figures[name as keyof typeof taken].push(ms);
  }
  await Promise.all([off.stop(), on.stop()]);
  const what = 'one batch, sync=true, Facebook: bytes in to 200 out';
  return [
    timeRow({ id: 'P1', what: `${what}; MEMBERS=off`, most: 3.5 }, figures.off, figures.f6),
    timeRow({ id: 'P1 new', what: `${what}; new members`, most: 3.5 }, figures.on, figures.f6),
    timeRow({ id: 'P1 again', what: `${what}; the same members`, most: 3.5 }, figures.again, figures.f6),
  ];
}

/** P4: how long it takes until a batch is durable and answered, beside a bare server that reads the form and parses it. */
export async function measureAccept(ground: Ground, sandbox: BenchSandbox, turns: number): Promise<Row[]> {
  const floor = await ground.floor();
  const service = await ground.service(await ground.deployment(sandbox.environment('facebook')), 'api');
  const users = usersBytes(7);
  const figures = { floor: [] as number[], ours: [] as number[] };
  for (let turn = -WARM_UP; turn < turns * POSTS_A_TURN; turn++) {
    const [bare, ours] = [
      await timed(() => bareUpload(floor, users)),
      await timed(() => post(service.origin, { users })),
    ];
    if (turn < 0) continue;
    figures.floor.push(bare);
    figures.ours.push(ours);
  }
  const rates = { floor: [] as number[], ours: [] as number[] };
  for (let turn = 0; turn < Math.max(3, Math.ceil(turns / 3)); turn++) {
    rates.floor.push(await batchesASecond(() => bareUpload(floor, users)));
    rates.ours.push(await batchesASecond(() => post(service.origin, { users })));
  }
  await service.stop();
  return [...latencyRows(figures), rateRow(rates)];
}

async function bareUpload(origin: string, users: Buffer): Promise<void> {
  const body = new FormData();
  body.set('name', 'Bench');
  body.set('batch', '{"sessionId":1,"sequence":1,"totalBatches":1,"totalUsers":10000}');
  body.set('users', new Blob([users]), 'users.json');
  const answer = await fetch(origin, { method: 'POST', body });
  if ((await answer.text()) !== '10000') throw new Error('The floor did not parse the users');
}

async function batchesASecond(upload: () => Promise<unknown>): Promise<number> {
  const client = async () => {
    for (let batch = 0; batch < BATCHES_OF_A_CLIENT; batch++) await upload();
  };
  const ms = await timed(() => Promise.all(Array.from({ length: CLIENTS }, client)));
  return (CLIENTS * BATCHES_OF_A_CLIENT * 1000) / ms;
}

function latencyRows({ floor, ours }: { readonly floor: number[]; readonly ours: number[] }): Row[] {
  const name = 'multipart + parse';
  const p50 = { id: 'P4', what: 'accept of one batch, durable: p50', floor: name, most: 2 };
  const p95 = { id: 'P4 p95', what: 'accept of one batch, durable: p95', floor: name, most: 4 };
  const tail = quantile(ours, 0.95);
  return [timeRow(p50, ours, floor), { ...timeRow(p95, [tail], floor), figure: `${tail.toFixed(1)} ms` }].map(
    (row) => ({
      ...row,
      numbers: { ...row.numbers, floorMin: Math.min(...floor), floorMax: Math.max(...floor), posts: ours.length },
      figure: `${row.figure}; floor ${msWithSpread(floor)}`,
    }),
  );
}

function rateRow(rates: { readonly floor: number[]; readonly ours: number[] }): Row {
  const [floor, ours] = [median(rates.floor), median(rates.ours)];
  const ratio = floor / ours;
  return {
    id: 'P4 four',
    what: 'accept, four clients at once',
    goal: '>= 0.5 x the floor',
    isMet: ratio <= 2,
    figure: `${ours.toFixed(1)} batches/s; floor ${floor.toFixed(1)}`,
    ratio: `${(ours / floor).toFixed(2)} x the floor`,
    numbers: { median: ours, floor, ratio: ours / floor },
    guarded: { ratio, most: 2 },
  };
}
