import { setTimeout as sleep } from 'node:timers/promises';
import { madeUpUsers } from '../../../src/demo/made-up-users.js';
import type { DeliveryPageDto } from '../../../src/deliveries/dto/delivery.dto.js';
import type { Fault } from '../../../src/sandbox/fault.js';
import { post } from '../client.js';
import { quantile, type Row } from '../figures.js';
import type { BenchSandbox } from '../bench-sandbox.js';
import type { Ground } from '../ground.js';

const USERS = 100;
const TURNS = 100;
const WARM_UP = 10;

/** Served by platforms that work; the sick tags are told apart by their names. */
const HEALTHY = ['facebook/default', 'facebook/eu', 'tiktok/default'];
const ALL_TAGS = HEALTHY.length + 2;
const SICK_TOKEN = 'sandbox-token-refused';

/** Milliseconds from stored to settled, one for each batch and healthy tag. */
interface IsolationFigures {
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
export async function measureIsolation(ground: Ground, sandbox: BenchSandbox): Promise<Row[]> {
  const limited = await ground.sandbox();
  const healthy = {
    ...sandbox.environment('facebook', 'tiktok'),
    FACEBOOK__EU__ACCESS_TOKEN: 'sandbox-token-eu',
    FACEBOOK__EU__AD_ACCOUNT_ID: '9876543210',
  };
  const sick = {
    FACEBOOK__LIMITED__BASE_URL: limited.origin('facebook'),
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
  await limited.control('facebook', '/faults', tooMany);
  await sandbox.control('facebook', '/tokens', { token: SICK_TOKEN, state: 'expired' });
  const serve = async (tags: Record<string, string>) => (await ground.service(await ground.deployment(tags))).origin;
  const services = {
    alone: await serve(healthy),
    besideWell: await serve({ ...healthy, ...well }),
    besideSick: await serve({ ...healthy, ...sick }),
  };
  const figures: IsolationFigures = { alone: [], besideWell: [], besideSick: [] };
  const names = Object.keys(services) as (keyof IsolationFigures)[];
  for (let turn = -WARM_UP; turn < TURNS; turn++) {
    for (let place = 0; place < names.length; place++) {
      // None always comes after the same other.
      const name = names[(place + turn + WARM_UP) % names.length]!;
      const taken = await latencies(services[name], turn, name === 'alone' ? HEALTHY.length : ALL_TAGS);
      if (turn >= 0) figures[name].push(...taken);
    }
  }
  return rowsOf(figures);
}

function rowsOf({ alone, besideWell, besideSick }: IsolationFigures): Row[] {
  const floor = quantile(alone, 0.5);
  return [
    { id: 'I1', what: 'alone', all: alone },
    { id: 'I2', what: 'beside two more that work', all: besideWell },
    { id: 'I3', what: 'beside one that answers 429 and one refusing its token', all: besideSick },
  ].map(({ id, what, all }) => {
    const [p50, p95] = [quantile(all, 0.5), quantile(all, 0.95)];
    return {
      id,
      what: `100 users, stored to delivered, three tags that work; ${what}`,
      goal: id === 'I3' ? '<= I2' : '',
      isMet: id === 'I3' ? p50 <= quantile(besideWell, 0.5) * 1.1 : undefined,
      figure: `${p50} ms (p95 ${p95})`,
      ratio: `${(p50 / floor).toFixed(2)} x I1`,
      numbers: { median: p50, p95, floor, ratio: p50 / floor },
    };
  });
}

/** Posts one batch and waits until the healthy tags have it. */
async function latencies(origin: string, turn: number, tags: number): Promise<number[]> {
  const users = Buffer.from(JSON.stringify(madeUpUsers(USERS, 1_000 + turn)));
  const location = await post(origin, { users, name: 'Isolation', sessionId: 1_000 + turn, count: USERS });
  const session = location.split('/').at(-1)!;
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
