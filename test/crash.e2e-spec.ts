import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, upload } from './support/upload.js';

const CHUNK = 10_000;

/** `kill -9` of the service in processes of its own, on the built code. A dead worker is noticed after about 13 s. */
describe('a killed service', () => {
  let ground: Awaited<ReturnType<typeof startGround>>;
  const running: ServiceProcess[] = [];

  beforeAll(async () => {
    ground = await startGround();
  });
  afterAll(async () => {
    await Promise.all(running.map((service) => service.stop()));
    await ground.stop();
  });

  async function start(env: Record<string, string> = {}): Promise<ServiceProcess> {
    const service = await ServiceProcess.start({ ...ground.env, ...env });
    running.push(service);
    return service;
  }

  const audience = (name: string) =>
    ground.sandbox.facebook.audiences({ members: true }).find((one) => one.name === `blotout_${name}`);
  const chunksTo = (name: string) =>
    ground.sandbox.facebook
      .requests({ path: '*/users' })
      .requests.filter(({ path }) => path.includes(audience(name)!.id))
      .map(({ body }) => firstAddress(body));
  const completed = (service: ServiceProcess, location: string | null) =>
    eventually(
      () => get(service.origin + location),
      ({ body }) => body.state === 'completed',
      60_000,
    );

  it('delivers after its restart what was answered with 200 and not yet sent', async () => {
    const api = await start({ ROLE: 'api' });
    const users = manyUsers(50, 'unsent');
    const answer = await upload(api.origin, { name: 'Unsent', batch: batchOf({ totalUsers: 50 }), users });
    await api.kill();
    expect(audience('Unsent')).toBeUndefined();

    const service = await start();
    const session = await completed(service, answer.headers.get('location'));
    expect(session.body.tags).toMatchObject([{ received: 50, accepted: 50 }]);
    expect(audience('Unsent')).toMatchObject({ memberCount: 50, rowsReceived: 50 });
    await service.stop();
  });

  it('goes on from its checkpoint: no recorded chunk is sent again, at most the one in flight is', async () => {
    ground.sandbox.facebook.addFaults({ kind: 'delay', ms: 700, path: '*/users' });
    const first = await start();
    const users = manyUsers(5 * CHUNK, 'midway');
    const answer = await upload(first.origin, { name: 'Midway', batch: batchOf({ totalUsers: users.length }), users });
    const location = answer.headers.get('location');
    const before = await eventually(
      () => get(first.origin + location),
      ({ body }) => (body.tags as { accepted: number }[])[0]!.accepted >= 2 * CHUNK,
    );
    await first.kill();
    const recorded = (before.body.tags as { accepted: number }[])[0]!.accepted;

    const second = await start();
    const done = await completed(second, location);
    expect(done.body.tags).toMatchObject([{ received: 50_000, accepted: 50_000, pending: 0 }]);
    expect(audience('Midway')!.memberCount).toBe(50_000);
    const sent = chunksTo('Midway');
    for (let user = 0; user < recorded; user += CHUNK) {
      expect(sent.filter((address) => address === addressOf(user))).toHaveLength(1);
    }
    expect(sent.length).toBeLessThanOrEqual(5 + 1);
    expect(new Set(sent).size).toBe(5);
    ground.sandbox.facebook.clearFaults();
    await second.stop();
  });

  it('finishes the chunk in flight at SIGTERM, gives the rest back at once, and ends with status 0', async () => {
    ground.sandbox.facebook.addFaults({ kind: 'delay', ms: 1_000, path: '*/users' });
    const first = await start();
    const users = manyUsers(4 * CHUNK, 'drained');
    const answer = await upload(first.origin, { name: 'Drained', batch: batchOf({ totalUsers: users.length }), users });
    await eventually(
      () => get(first.origin + answer.headers.get('location')),
      ({ body }) => (body.tags as { accepted: number }[])[0]!.accepted >= CHUNK,
    );
    expect(await first.stop()).toBe(0);

    // Not held by the process that ended, whose death would have to be noticed first.
    const open = await ground.database.query(`
      select state, due_at <= now() as is_due from deliveries where state not in ('succeeded', 'failed')`);
    expect(open).toEqual([{ state: 'waiting', is_due: true }]);

    const second = await start();
    await completed(second, answer.headers.get('location'));
    expect(audience('Drained')).toMatchObject({ memberCount: 40_000, rowsReceived: 40_000 });
    ground.sandbox.facebook.clearFaults();
    await second.stop();
  });
});

/** The digest is enough to tell chunks apart: each starts with another user. */
function firstAddress(body: unknown): string {
  const { schema, data } = (body as { payload: { schema: string[]; data: string[][] } }).payload;
  return data[0]![schema.indexOf('EMAIL')]!;
}

function addressOf(user: number): string {
  return FIRST_ADDRESSES[user / CHUNK]!;
}

/** printf midway-0@example.com | sha256sum, and so on for 10000, 20000, 30000, 40000 */
const FIRST_ADDRESSES = [
  'c4c7aab1ce5812e8679ded523f5a394ac81a54d2027477a63d1a792438be9afc',
  '34bae3253802dbfae484ec7859243eed6f91894f2590edb55120efdfe539c6e2',
  'db10ce898ae93a6c9f1134c10ed2297738da9f6b5a0b65a8fe9f90d51b5915d7',
  '79a49739785b5fb0a7f55769a3b1dc896451a745ad5bbac93c1302489e46c277',
  '3d758db778472229f5b60cf121f72fa67d3261046c37b4cc40a4245183f97997',
];
