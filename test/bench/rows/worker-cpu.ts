import { post, settled } from '../client.js';
import { type Row, type RowWords, timeRow } from '../figures.js';
import type { BenchSandbox } from '../bench-sandbox.js';
import type { BenchService } from '../bench-service.js';
import type { Ground } from '../ground.js';
import { SIMULATOR_IDS } from '../../../src/sandbox/sandbox.js';
import { f6Ms, usersBytes } from '../users.js';

const WARM_UP = 3;
/** Linux counts processor time in hundredths of a second: a few batches together make a figure. */
const BATCHES_A_TURN = 3;
const PROVIDERS = SIMULATOR_IDS.length;

/** In F6, on two cores. */
const REACHED = { six: 19, further: 2.4 };

/**
 * P3: processor time of a worker, all its threads, for one batch to six providers, and to one. API and database are processes of
 * their own and not counted.
 *
 * @param isShort without the members store, which makes it half as long
 */
export async function measureWorkerCpu(
  ground: Ground,
  sandbox: BenchSandbox,
  turns: number,
  isShort = false,
): Promise<Row[]> {
  const one = await pair(ground, { ...sandbox.environment('facebook'), MEMBERS: 'off' });
  const six = await pair(ground, { ...sandbox.environment(...SIMULATOR_IDS), MEMBERS: 'off' });
  const kept = isShort ? undefined : await pair(ground, sandbox.environment(...SIMULATOR_IDS));
  const figures = { f6: [] as number[], one: [] as number[], six: [] as number[], kept: [] as number[] };
  for (let turn = -WARM_UP; turn < turns; turn++) {
    const users = usersBytes(200 + turn);
    const taken = {
      f6: await f6Ms(users),
      one: await cpuOfBatches(one, users),
      six: await cpuOfBatches(six, users),
      kept: kept ? await cpuOfBatches(kept, users) : NaN,
    };
    if (turn < 0) continue;
    for (const [name, ms] of Object.entries(taken)) figures[name as keyof typeof taken].push(ms);
  }
  for (const { api, worker } of [one, six, ...(kept ? [kept] : [])]) await Promise.all([api.stop(), worker.stop()]);
  const further = figures.six.map((ms, turn) => (ms - figures.one[turn]!) / (PROVIDERS - 1));
  const row = (words: RowWords, ms: readonly number[]) => timeRow(words, ms, figures.f6);
  return [
    row(
      { id: 'P3', what: 'CPU of the worker, one batch to six providers; MEMBERS=off', most: 5, reached: REACHED.six },
      figures.six,
    ),
    row({ id: 'P3 further', what: 'each further provider', most: 0.7, reached: REACHED.further }, further),
    ...(kept
      ? [row({ id: 'P3 members', what: 'the same with the members store, new members in six audiences' }, figures.kept)]
      : []),
  ];
}

interface Pair {
  readonly api: BenchService;
  readonly worker: BenchService;
}

async function pair(ground: Ground, tags: Record<string, string>): Promise<Pair> {
  const deployment = await ground.deployment(tags);
  return { api: await ground.service(deployment, 'api'), worker: await ground.service(deployment, 'worker') };
}

async function cpuOfBatches({ api, worker }: Pair, users: Buffer): Promise<number> {
  const before = await worker.cpuMs();
  for (let batch = 0; batch < BATCHES_A_TURN; batch++) await settled(api.origin, await post(api.origin, { users }));
  return ((await worker.cpuMs()) - before) / BATCHES_A_TURN;
}
