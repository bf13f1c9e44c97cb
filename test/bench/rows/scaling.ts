import { setTimeout as sleep } from 'node:timers/promises';
import { madeUpUsers } from '../../../src/demo/made-up-users.js';
import { freshSession, post } from '../client.js';
import { type Row, timed } from '../figures.js';
import type { BenchSandbox } from '../bench-sandbox.js';
import type { Ground } from '../ground.js';

const LATENCY_MS = 200;
const WORKERS = [1, 2, 4];
const BATCHES = 120;
const USERS = 100;
/** Deliveries of one Facebook tag that may run side by side, over all processes: `FacebookProvider.limits`. */
const PLACES = 4;
/** Tags that the work is spread over: two worker processes have more to do than one tag allows. */
const ACCOUNTS = 4;
const SLACK = 0.15;

/**
 * P9: deliveries a second with 1, 2 and 4 worker processes on one database, where each call to the platform takes 200 ms. The
 * platform's own limit is how many calls the tags may have in the air at once.
 */
export async function measureScaling(ground: Ground, sandbox: BenchSandbox): Promise<Row[]> {
  await sandbox.control('facebook', '/latency', { ms: LATENCY_MS });
  const limit = (ACCOUNTS * PLACES * 1000) / LATENCY_MS;
  const rates: number[] = [];
  for (const workers of WORKERS) rates.push(await deliveriesASecond(ground, sandbox, workers));
  await sandbox.control('facebook', '/latency', { ms: 0 });
  return WORKERS.map((workers, index) => {
    const rate = rates[index]!;
    const possible = Math.min(limit, rates[0]! * workers);
    return {
      id: `P9 x${workers}`,
      what: `${workers} worker process${workers > 1 ? 'es' : ''}, platform answers after ${LATENCY_MS} ms`,
      goal: `>= ${1 - SLACK} of linear, or of the limit`,
      isMet: rate >= possible * (1 - SLACK),
      figure: `${rate.toFixed(1)} deliveries/s; the platform's limit is ${limit}`,
      ratio: `${(rate / possible).toFixed(2)} of it`,
      numbers: { median: rate, limit, ratio: rate / possible },
    };
  });
}

async function deliveriesASecond(ground: Ground, sandbox: BenchSandbox, workers: number): Promise<number> {
  const deployment = await ground.deployment({ ...sandbox.environment('facebook'), ...accounts(sandbox) });
  const api = await ground.service(deployment, 'api');
  // A first batch makes the audiences; then everything waits for the workers, so that all of them begin with a full queue.
  const first = await ground.service(deployment, 'worker');
  const users = (seed: number) => Buffer.from(JSON.stringify(madeUpUsers(USERS, seed)));
  await post(api.origin, { users: users(1), name: 'Scaling', count: USERS });
  await untilSettled(api.origin);
  const sessionId = freshSession();
  const rest = await Promise.all(Array.from({ length: workers - 1 }, () => ground.service(deployment, 'worker')));
  const ms = await timed(async () => {
    for (let sequence = 1; sequence <= BATCHES; sequence++) {
      const batch = { name: 'Scaling', sessionId, sequence, totalBatches: BATCHES, count: USERS };
      await post(api.origin, { users: users(sequence + 1), ...batch });
    }
    await untilSettled(api.origin);
  });
  for (const service of [...rest, first, api]) await service.stop();
  return (BATCHES * ACCOUNTS * 1000) / ms;
}

/** Further accounts of the same platform. */
function accounts(sandbox: BenchSandbox): Record<string, string> {
  const ids = ['9876543210', '1111111111', '2222222222'];
  const names = ['EU', 'THIRD', 'FOURTH'];
  const { FACEBOOK_BASE_URL: origin } = sandbox.environment('facebook');
  return Object.assign(
    {},
    ...names.map((name, index) => ({
      [`FACEBOOK__${name}__BASE_URL`]: origin,
      [`FACEBOOK__${name}__ACCESS_TOKEN`]: `sandbox-token-${name.toLowerCase()}`,
      [`FACEBOOK__${name}__AD_ACCOUNT_ID`]: ids[index],
    })),
  ) as Record<string, string>;
}

async function untilSettled(origin: string): Promise<void> {
  for (const state of ['queued', 'waiting', 'running', 'processing']) {
    for (;;) {
      const answer = await fetch(`${origin}/deliveries?state=${state}&limit=1`);
      const { items } = (await answer.json()) as { readonly items: readonly unknown[] };
      if (items.length === 0) break;
      await sleep(20);
    }
  }
}
