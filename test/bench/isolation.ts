import { setTimeout as sleep } from 'node:timers/promises';
import { madeUpUsers } from '../../src/demo/made-up-users.js';
import type { DeliveryPageDto } from '../../src/deliveries/dto/delivery.dto.js';
import type { Fault } from '../../src/sandbox/fault.js';
import type { Programs } from './programs.js';

const USERS = 100;
export const ISOLATION_TURNS = 100;
const WARM_UP = 10;

/** Served by platforms that work; the sick tags are told apart by their names. */
const HEALTHY = ['facebook/default', 'facebook/eu', 'tiktok/default'];
const ALL_TAGS = HEALTHY.length + 2;
const SICK_TOKEN = 'sandbox-token-refused';

/** Milliseconds from stored to settled, one for each batch and healthy tag. */
export interface IsolationFigures {
  readonly alone: number[];
  /** With two more tags that work: what any further tag costs. */
  readonly besideWell: number[];
  /** With one tag that answers nothing but 429, and one whose token is refused. */
  readonly besideSick: number[];
}

/**
 * How long small batches take to healthy tags, in turns in three services: one has these tags alone, the others two more of the
 * same platform, which work or do not, and get the same batches. Each batch is waited for where it is healthy; what the sick
 * tags owe piles up.
 */
export async function measureIsolation(programs: Programs): Promise<IsolationFigures> {
  const [port, limitedPort] = [await programs.sandbox(), await programs.sandbox()];
  const healthy = {
    FACEBOOK_BASE_URL: `http://127.0.0.1:${port}`,
    FACEBOOK_ACCESS_TOKEN: 'sandbox-token',
    FACEBOOK_AD_ACCOUNT_ID: '1234567890',
    FACEBOOK__EU__ACCESS_TOKEN: 'sandbox-token-eu',
    FACEBOOK__EU__AD_ACCOUNT_ID: '9876543210',
    TIKTOK_BASE_URL: `http://127.0.0.1:${port + 1}`,
    TIKTOK_ACCESS_TOKEN: 'sandbox-token',
    TIKTOK_ADVERTISER_ID: '7170000000000000001',
  };
  const sick = {
    FACEBOOK__LIMITED__BASE_URL: `http://127.0.0.1:${limitedPort}`,
    FACEBOOK__LIMITED__ACCESS_TOKEN: 'sandbox-token-limited',
    FACEBOOK__LIMITED__AD_ACCOUNT_ID: '1111111111',
    FACEBOOK__REFUSED__ACCESS_TOKEN: SICK_TOKEN,
    FACEBOOK__REFUSED__AD_ACCOUNT_ID: '2222222222',
  };
  const well = {
    FACEBOOK__THIRD__ACCESS_TOKEN: 'sandbox-token-third',
    FACEBOOK__THIRD__AD_ACCOUNT_ID: '1111111111',
    FACEBOOK__FOURTH__ACCESS_TOKEN: 'sandbox-token-fourth',
    FACEBOOK__FOURTH__AD_ACCOUNT_ID: '2222222222',
  };
  const tooMany: Fault = { kind: 'rate-limit', status: 429 };
  await control(limitedPort, '/faults', tooMany);
  await control(port, '/tokens', { token: SICK_TOKEN, state: 'expired' });
  const services = {
    alone: await programs.service(healthy),
    besideWell: await programs.service({ ...healthy, ...well }),
    besideSick: await programs.service({ ...healthy, ...sick }),
  };
  const figures: IsolationFigures = { alone: [], besideWell: [], besideSick: [] };
  const names = Object.keys(services) as (keyof IsolationFigures)[];
  for (let turn = -WARM_UP; turn < ISOLATION_TURNS; turn++) {
    for (let place = 0; place < names.length; place++) {
      // None always comes after the same other.
      const name = names[(place + turn + WARM_UP) % names.length]!;
      const taken = await latencies(services[name], turn, name === 'alone' ? HEALTHY.length : ALL_TAGS);
      if (turn >= 0) figures[name].push(...taken);
    }
  }
  return figures;
}

/** Posts one batch and waits until the healthy tags have it. */
async function latencies(origin: string, turn: number, tags: number): Promise<number[]> {
  const body = new FormData();
  body.set('name', 'Isolation');
  body.set('batch', JSON.stringify({ sessionId: 1_000 + turn, sequence: 1, totalBatches: 1, totalUsers: USERS }));
  body.set('users', JSON.stringify(madeUpUsers(USERS, 1_000 + turn)));
  const stored = await fetch(`${origin}/audience`, { method: 'POST', body });
  if (stored.status !== 200) throw new Error(`Answered ${stored.status}: ${await stored.text()}`);
  const session = stored.headers.get('location')!.split('/').at(-1)!;
  for (;;) {
    const { items } = (await (await fetch(`${origin}/deliveries?session=${session}`)).json()) as DeliveryPageDto;
    if (items.length !== tags) throw new Error(`There are ${items.length} deliveries instead of ${tags}`);
    const healthy = items.filter(({ provider, tag }) => HEALTHY.includes(`${provider}/${tag}`));
    const done = healthy.filter(({ state }) => state === 'succeeded');
    if (done.length === HEALTHY.length) {
      return done.map(({ createdAt, settledAt }) => Date.parse(settledAt!) - Date.parse(createdAt));
    }
    await sleep(10);
  }
}

async function control(port: number, path: string, body: object): Promise<void> {
  const answer = await fetch(`http://127.0.0.1:${port}/_sandbox${path}`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
}
