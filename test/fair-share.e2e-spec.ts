import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { newSessionId, untilState, upload } from './support/upload.js';

/** Deliveries of one Facebook tag that may run side by side. */
const PLACES = 4;
const MANY = 24;

/** What one tag may do is shared by all workers, and by all sessions. */
describe('the share of each', () => {
  let ground: TestGround;
  let api: ServiceProcess;

  beforeAll(async () => {
    ground = await startGround();
    api = await ServiceProcess.start({ ...ground.env, ROLE: 'api' });
  });
  afterAll(async () => {
    await api.stop();
    await ground.stop();
  });
  afterEach(() => ground.sandbox.facebook.clearFaults());

  /** Posts a session of single-user batches and returns its address. */
  async function post(name: string, totalBatches: number): Promise<string> {
    const batch = { sessionId: newSessionId(), totalBatches, totalUsers: totalBatches };
    let location: string | null = null;
    for (let sequence = 1; sequence <= totalBatches; sequence++) {
      const users = manyUsers(1, `${name.replaceAll(' ', '-')}-${sequence}`);
      const { status, headers } = await upload(api.origin, { name, batch: { ...batch, sequence }, users });
      expect(status).toBe(200);
      location = headers.get('location');
    }
    return api.origin + location!;
  }

  /** Has three workers deliver what was posted, and returns the uploads in their order. */
  async function deliver(...sessions: string[]): Promise<LoggedUpload[]> {
    ground.sandbox.facebook.addFaults({ kind: 'delay', ms: 250, path: '*/users' });
    const env = { ...ground.env, ROLE: 'worker' };
    const workers = await Promise.all([1, 2, 3].map(() => ServiceProcess.start(env)));
    try {
      for (const session of sessions) await untilState(session, 'completed');
    } finally {
      await Promise.all(workers.map((worker) => worker.stop()));
    }
    const audiences = ground.sandbox.facebook.audiences();
    const { requests } = ground.sandbox.facebook.requests({ path: '*/users', bodies: false });
    return requests.map(({ at, durationMs, path }) => {
      const audience = audiences.find(({ id }) => path.includes(id));
      return { name: audience!.name, from: Date.parse(at), to: Date.parse(at) + durationMs! };
    });
  }

  it('keeps the calls of a tag side by side within its limit, however many workers there are', async () => {
    const uploads = await deliver(await post('Side by side', MANY));
    const together = uploads.map(({ from }) => uploads.filter((one) => one.from <= from && from < one.to).length);
    expect(uploads).toHaveLength(MANY);
    expect(Math.max(...together)).toBeGreaterThan(1);
    expect(Math.max(...together)).toBeLessThanOrEqual(PLACES);
  });

  it('lets small sessions overtake what a huge one still has to send, and the huge one go on', async () => {
    const sessions = [await post('Huge', MANY), await post('Small', 1), await post('Middle', 3)];
    const order = (await deliver(...sessions)).map(({ name }) => name.replace('blotout_', ''));
    // In the order of arrival all of the huge one would have come first.
    expect(order.indexOf('Small') - order.indexOf('Huge')).toBeLessThan(2 * PLACES);
    expect(order.lastIndexOf('Middle') - order.indexOf('Huge')).toBeLessThan(4 * PLACES);
    // One after the other, not the small ones before all others.
    expect(order.indexOf('Huge')).toBeLessThan(order.lastIndexOf('Middle'));
  });

  it('has a newcomer begin where the queue stands, not before all that ever was', async () => {
    await deliver(await post('Before', 5));
    const turns = (name: string) =>
      ground.database.query(`
        select d.turn::int as turn from deliveries d join sessions s on s.id = d.session
        where s.name = '${name}' order by d.turn`);
    const long = await post('Long', 5);
    const newcomer = await post('Newcomer', 1);
    const [before, [first], [only]] = await Promise.all([turns('Before'), turns('Long'), turns('Newcomer')]);
    expect(first!.turn).toBeGreaterThanOrEqual(before.at(-1)!.turn as number);
    expect(only!.turn).toBe(first!.turn);
    await deliver(long, newcomer);
  });
});

interface LoggedUpload {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}
