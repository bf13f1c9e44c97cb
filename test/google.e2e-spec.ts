import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startGround, startService, type TestGround, type TestService } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, untilState, upload } from './support/upload.js';

const CHUNK = 10_000;
const HOUR_MS = 3_600_000;
const INGEST = '/v1/audienceMembers:ingest';

interface TagView {
  readonly accepted: number;
  readonly rejected: number;
  readonly pending: number;
}

/** What Google decides half an hour after it has taken users in. */
describe('an upload that Google decides about later', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({}, { google: { processingMs: HOUR_MS } }, ['google']);
  });
  afterAll(() => service.stop());

  const deliveryOf = async (session: string) =>
    (await get(`${service.origin}/deliveries?session=${session.replace('/sessions/', '')}`)).body.items as {
      state: string;
    }[];

  it('is processing meanwhile, without a worker, and its outcome comes back to the session', async () => {
    const { google } = service.sandbox;
    const users = [...manyUsers(5, 'later'), { firstName: 'Nobody' }];
    const answer = await upload(service.origin, { name: 'Later', batch: batchOf({ totalUsers: 6 }), users });
    const session = answer.headers.get('location')!;
    await eventually(
      () => deliveryOf(session),
      ([delivery]) => delivery?.state === 'processing',
    );
    const [pending] = (await get(service.origin + session)).body.tags as TagView[];
    expect(pending).toMatchObject({ received: 6, accepted: 0, skipped: 1, rejected: 0, pending: 5 });

    const [list] = google.audiences().filter(({ name }) => name === 'blotout_Later');
    expect(list).toMatchObject({ memberCount: 0 });
    google.advanceClock(HOUR_MS);
    const { body } = await untilState(service.origin + session, 'completed');
    expect(body.tags).toMatchObject([{ received: 6, accepted: 5, skipped: 1, rejected: 0, pending: 0 }]);
    expect(google.requests({ path: INGEST }).requests).toHaveLength(1);
  });

  it('counts the users whom Google could not use', async () => {
    const { google } = service.sandbox;
    const send = (name: string, count: number) =>
      upload(service.origin, { name, batch: batchOf({ totalUsers: count }), users: manyUsers(count, name) });
    const first = await send('Partly', 1);
    const [list] = await eventually(
      () => Promise.resolve(google.audiences().filter(({ name }) => name === 'blotout_Partly')),
      (lists) => lists.length > 0,
    );
    google.patchAudience(list!.id, { failRecords: 2 });
    await eventually(
      () => Promise.resolve(google.requests({ path: INGEST }).requests.at(-1)),
      (request) => request?.status === 200,
    );
    const second = await send('Partly', 7);
    await eventually(
      () => deliveryOf(second.headers.get('location')!),
      ([delivery]) => delivery?.state === 'processing',
    );
    google.advanceClock(HOUR_MS);
    const { body } = await untilState(service.origin + second.headers.get('location'), 'completed');
    expect(body.tags).toMatchObject([{ received: 7, accepted: 5, rejected: 2, pending: 0 }]);
    const rejections = await get(`${service.origin}${second.headers.get('location')}/rejections`);
    expect(rejections.body.items).toMatchObject([{ field: null, reason: 'refused-by-platform', count: 2 }]);
    await untilState(service.origin + first.headers.get('location'), 'completed');
  });
});

/** Two workers with an account each, reached by the same credentials, and so by the same access token. */
describe('an access token that expires in the middle of deliveries', () => {
  let ground: TestGround;
  let running: ServiceProcess[] = [];

  beforeAll(async () => {
    ground = await startGround({}, { google: { processingMs: 0 } }, ['google']);
  });
  afterEach(async () => {
    await Promise.all(running.map((service) => service.stop()));
    running = [];
  });
  afterAll(() => ground.stop());

  const ofTag = (from: Record<string, string>, tag: string, customer: string) => ({
    ...Object.fromEntries(
      Object.entries(from).flatMap(([name, value]) =>
        /^GOOGLE_(?!.*_URL$)/.test(name) ? [[name.replace('GOOGLE_', `GOOGLE__${tag}__`), value]] : [],
      ),
    ),
    [`GOOGLE__${tag}__CUSTOMER_ID`]: customer,
  });

  async function start(role: string, tags: readonly string[]): Promise<ServiceProcess> {
    const common = Object.entries(ground.env).filter(([name]) => !/^GOOGLE_(?!.*_URL$)/.test(name));
    const own = tags.map((tag) => ofTag(ground.env, tag, customerOf[tag]!));
    const env = Object.assign({ ROLE: role }, Object.fromEntries(common), ...own) as Record<string, string>;
    const service = await ServiceProcess.start(env);
    running.push(service);
    return service;
  }

  const customerOf: Record<string, string> = { ONE: '1111111111', TWO: '2222222222' };
  const calls = (path: string) => ground.sandbox.google.requests({ path }).requests;
  /** The answers that the uploads of an account had. */
  const answersTo = (customer: string) =>
    calls(INGEST)
      .filter(({ body }) =>
        JSON.stringify((body as { destinations?: unknown } | undefined)?.destinations)?.includes(customer),
      )
      .map(({ status }) => status);

  it('is replaced once, by one process, and the deliveries of both go on', async () => {
    // Long enough for the other account to have got as far on a busy machine.
    ground.sandbox.google.addFaults({ kind: 'delay', ms: 3_000, path: INGEST });
    const [api] = await Promise.all([start('api', ['ONE', 'TWO']), start('worker', ['ONE']), start('worker', ['TWO'])]);
    const users = manyUsers(2 * CHUNK + 10, 'expiring');
    const batch = batchOf({ totalUsers: users.length });
    const answer = await upload(api.origin, { name: 'Expiring', batch, users });

    const customers = Object.values(customerOf);
    await eventually(
      () => Promise.resolve(customers.map(answersTo)),
      (answers) => answers.every((statuses) => statuses.includes(200)),
      60_000,
    );
    expect(calls('/token')).toHaveLength(1);
    ground.sandbox.google.advanceClock(HOUR_MS);

    const session = api.origin + answer.headers.get('location');
    const { body } = await eventually(
      () => get(session),
      (seen) => seen.body.state === 'completed',
      90_000,
    );
    const whole = { received: 20_010, accepted: 20_010, skipped: 0, rejected: 0, pending: 0 };
    expect(body.tags).toMatchObject([whole, whole]);
    for (const statuses of customers.map(answersTo)) {
      expect(statuses.filter((status) => status === 200)).toHaveLength(3);
      expect(statuses.filter((status) => status === 401)).toHaveLength(1);
    }
    expect(calls('/token').map(({ status }) => status)).toEqual([200, 200]);
    expect(ground.sandbox.google.audiences()).toMatchObject([
      { memberCount: 20_010, rowsReceived: 20_010 },
      { memberCount: 20_010, rowsReceived: 20_010 },
    ]);
  }, 180_000);
});
