import { post } from '../client.js';
import { median, msWithSpread, quantile, type Row, timed, timeRow } from '../figures.js';
import type { BenchSandbox } from '../bench-sandbox.js';
import type { BenchService } from '../bench-service.js';
import type { Ground } from '../ground.js';
import { f6Ms, usersBytes } from '../users.js';

const WARM_UP = 5;
const CLIENTS = 4;
const BATCHES_OF_A_CLIENT = 15;
/** Enough that one in twenty says something. */
const POSTS_A_TURN = 8;

/**
 * P1: one batch with `sync=true` to Facebook: from the first byte in to the 200 out, durably stored on the way. As the peers were
 * measured, to a platform that takes users without looking at them; and to the sandbox, which reads and keeps each of them and has
 * its share of the time. Every batch brings people that the service has not seen, except for `again`.
 */
export async function measureSync(ground: Ground, sandbox: BenchSandbox, turns: number): Promise<Row[]> {
  const tags = sandbox.environment('facebook');
  const toSink = { ...tags, FACEBOOK_BASE_URL: await ground.sink(sandbox) };
  const off = await ground.service(await ground.deployment({ ...toSink, MEMBERS: 'off' }));
  const on = await ground.service(await ground.deployment(toSink));
  const real = await ground.service(await ground.deployment({ ...tags, MEMBERS: 'off' }));
  const figures = new Map<string, number[]>();
  for (let turn = -WARM_UP; turn < turns; turn++) {
    const users = usersBytes(100 + turn);
    const upload = (service: BenchService) => timed(() => post(service.origin, { users }, '?sync=true'));
    const taken = {
      F6: await f6Ms(users),
      P1: await upload(off),
      'P1 sandbox': await upload(real),
      'P1 new': await upload(on),
      'P1 again': await upload(on),
    };
    if (turn < 0) continue;
    for (const [id, ms] of Object.entries(taken)) figures.set(id, [...(figures.get(id) ?? []), ms]);
  }
  for (const service of [off, on, real]) await service.stop();
  const row = (id: string, more: string, reached: number) => {
    const what = `one batch, sync=true, Facebook, bytes in to 200 out; ${more}`;
    return timeRow({ id, what, most: 3.5, reached }, figures.get(id)!, figures.get('F6')!);
  };
  return [
    row('P1', 'MEMBERS=off', 7.5),
    row('P1 sandbox', 'MEMBERS=off, a platform that reads and keeps', 8.5),
    row('P1 new', 'new members', 10.5),
    row('P1 again', 'the same members again', 8.5),
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
  const p50 = { id: 'P4', what: 'accept of one batch, durable: p50', floor: name, most: 2, reached: 4 };
  const p95 = { id: 'P4 p95', what: 'accept of one batch, durable: p95', floor: name, most: 4, reached: 7 };
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
    guarded: { ratio, most: 2.3 },
  };
}
