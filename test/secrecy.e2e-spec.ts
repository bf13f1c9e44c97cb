import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, randomBytes } from 'node:crypto';
import type { Fault } from '../src/sandbox/fault.js';
import { dumpDatabase } from './support/database-dump.js';
import { startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, post, untilState, upload } from './support/upload.js';

const KEY = 'caller-key-Zx81Qw72Er';
const TOKEN = 'EAAJZtokenOfDefault00Zx81Qw72Er';
const EU_TOKEN = 'eu-token-Zx81Qw72Er';
const APP_SECRET = 'appsecretZx81Qw72Er00112233445566';

/** Values that occur nowhere else, in every field, in each form in which they could slip through. */
const USERS = [
  {
    edgeTagId: 'cust-wqxz-81',
    email: 'Zephyrine.Wqxz+81@mail.wqxz.example',
    phone: '+44 7911 998 877',
    firstName: 'Zephyrinewqxz',
    lastName: 'Oqvistwqxz',
    country: 'GB',
    postalCode: 'WQ8 1XZ',
    purchase: { currency: 'GBP', profit: 98761.37, total7Days: 43219.75 },
  },
  { edgeTagId: 'cust-wqxz-82', email: 'second@wqxz.example', phone: '(202) 555-0187', country: 'US' },
];
/** Told with the rejections of its user, who is known to the caller by it, and nowhere else. */
const SHOWN_ID = 'edge-kqvj-84';
/** Each of these is left out or refused, and must be so without being repeated. */
const BAD_USERS = [
  { email: 'not an address of wqxz', phone: '07911 99 wqxz', country: 'Wqxzland', edgeTagId: 'third@wqxz.example' },
  { email: 'fourth@wqxz.example', phone: '2025550199', firstName: 'Onlywqxz', edgeTagId: SHOWN_ID },
];

const sha256 = (text: string) => hash('sha256', text);
const DIGESTS = ['zephyrine.wqxz+81@mail.wqxz.example', 'second@wqxz.example', '447911998877', 'zephyrinewqxz'].map(
  sha256,
);

/** What must be found nowhere, in lower case. `wqxz` stands for all values that hold it. */
const FORBIDDEN = [
  ...['wqxz', '7911 998', '7911998877', '555-0187', '2025550187', '2025550199', '98761.37', '43219.75', 'wq8 1xz'],
  ...[KEY, TOKEN, EU_TOKEN, APP_SECRET].map((secret) => secret.toLowerCase()),
  ...DIGESTS.flatMap((digest) => [digest, Buffer.from(digest, 'hex').toString('base64').toLowerCase()]),
];
const foundIn = (text: string) => FORBIDDEN.filter((value) => text.toLowerCase().includes(value));

/** A platform that repeats in its error whatever it was sent, and more. */
const ECHO =
  `(#100) Bad row cust-wqxz-81: zephyrine.wqxz+81@mail.wqxz.example, +44 7911 998 877, 447911998877, ${DIGESTS[0]}, ` +
  `access_token=${TOKEN}, Authorization: Bearer ${EU_TOKEN}, secret ${APP_SECRET}`;

/** Values of users and secrets are in the platform's requests, in the sealed payload while it is needed, and nowhere else. */
describe('what is kept secret', () => {
  let ground: TestGround;
  let service: ServiceProcess;
  let sessions: string[];
  const encryptionKey = randomBytes(32).toString('base64');
  const headers = { 'x-api-key': KEY };
  const faults = (...list: Fault[]) => ground.sandbox.facebook.addFaults(...list);

  beforeAll(async () => {
    ground = await startGround(
      {
        API_KEYS: `caller:${KEY}`,
        ENCRYPTION_KEY: encryptionKey,
        FACEBOOK_ACCESS_TOKEN: TOKEN,
        FACEBOOK_APP_SECRET: APP_SECRET,
        FACEBOOK__EU__ACCESS_TOKEN: EU_TOKEN,
        FACEBOOK__EU__AD_ACCOUNT_ID: '555',
        LOG_LEVEL: 'trace',
        SYNC_TIMEOUT_MS: '5000',
      },
      { facebook: { appSecrets: { [TOKEN]: APP_SECRET }, requireAppSecretProof: true } },
    );
    service = await ServiceProcess.start(ground.env);
    sessions = [await deliver(), await deliverWithWaits(), await fail()];
    await refuse();
  });
  afterAll(async () => {
    await service?.stop();
    await ground.stop();
  });

  const send = (test: Parameters<typeof upload>[1]) =>
    upload(service.origin, { name: 'Secrets', users: [...USERS, ...BAD_USERS], headers, ...test });

  async function deliver(): Promise<string> {
    const batch = batchOf({ totalUsers: 4 });
    const answer = await send({ batch, query: 'sync=true' });
    expect([answer.status, answer.body.success]).toEqual([200, true]);
    expect((await send({ batch, query: 'sync=true' })).headers.get('idempotent-replay')).toBe('true');
    expect((await send({ batch, users: USERS })).status).toBe(409);
    return service.origin + answer.headers.get('location');
  }

  /** Every way in which a platform can fail and be tried again, each telling what it was sent. */
  async function deliverWithWaits(): Promise<string> {
    const at = { path: '*/users', times: 1 } as const;
    faults(
      { kind: 'status', status: 500, body: { error: { code: 2, message: ECHO, error_user_msg: ECHO } }, ...at },
      { kind: 'status', status: 502, body: `<html>${ECHO}</html>`, ...at },
      { kind: 'drop-after', ...at },
    );
    const answer = await send({ batch: batchOf({ totalUsers: 4 }), query: 'channels=facebook/default' });
    const session = service.origin + answer.headers.get('location');
    await untilState(session, 'completed', headers);
    return session;
  }

  /** A refusal for good: the batch stays stored, to be retried by hand. */
  async function fail(): Promise<string> {
    faults({ kind: 'error', code: 100, status: 400, message: ECHO, path: '*/users' });
    const answer = await send({ batch: batchOf({ totalUsers: 4 }), query: 'sync=true' });
    ground.sandbox.facebook.clearFaults();
    expect([answer.status, answer.body.errors?.map(({ code }) => code)]).toEqual([
      502,
      Array(2).fill('request-rejected'),
    ]);
    expect(foundIn(JSON.stringify(answer.body))).toEqual([]);
    return service.origin + answer.headers.get('location');
  }

  /** Requests that are refused, with values wherever a caller could put them. */
  async function refuse(): Promise<void> {
    const answers = [
      await send({ batch: batchOf(), users: `[{"email":"fifth@wqxz.example",}]` }),
      await send({ batch: batchOf(), users: [{ email: { wqxz: 1 }, phone: 447911998877 }] }),
      await send({ batch: { ...batchOf(), sessionId: 'wqxz' }, type: 'wqxz', query: 'channels=wqxz&sync=wqxz' }),
      await send({ batch: batchOf(), headers: { authorization: `Bearer ${KEY}wqxz` } }),
      await get(`${service.origin}/sessions?name=second@wqxz.example&limit=wqxz`, headers),
      await get(`${service.origin}/sessions/cust-wqxz-81/rejections`, headers),
      await get(`${service.origin}/deliveries?tag=wqxz@&cursor=wqxz`, headers),
      await post(`${service.origin}/users/second@wqxz.example/+447911998877`, headers),
    ];
    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 401, 400, 400, 400, 404]);
    expect(answers.flatMap(({ body }) => foundIn(JSON.stringify(body)))).toEqual([]);
  }

  it('reached the platform, so that there was something to keep secret', () => {
    const members = ground.sandbox.facebook.audiences({ members: true }).flatMap((audience) => audience.members ?? []);
    const told = JSON.stringify(members);
    for (const digest of DIGESTS) expect(told).toContain(digest);
    expect(told).toContain('cust-wqxz-81');
    expect(told).toContain(SHOWN_ID);
    expect(ground.sandbox.facebook.requests({ path: '*/users' }).requests.map(({ fault }) => fault ?? 'none')).toEqual(
      expect.arrayContaining(['none', 'status', 'drop-after', 'error']),
    );
  });

  it('is in no column of any table', async () => {
    const columns = await dumpDatabase(ground.database.url);
    const tables = new Set(columns.map(({ name }) => name.split('.').slice(0, 2).join('.')));
    expect([...tables]).toEqual(expect.arrayContaining(['public.batches', 'public.deliveries', 'queue.job']));
    const secrets = [...FORBIDDEN, SHOWN_ID, encryptionKey.toLowerCase()];
    const found = columns.flatMap(({ name, text }) =>
      secrets.filter((value) => text.toLowerCase().includes(value)).map((value) => `${name}: ${value}`),
    );
    expect(found).toEqual([]);
    const message = columns.find(({ name }) => name === 'public.deliveries.error_message')!.text;
    expect(message).toMatch(/Bad row \S+: \[email\]/);
    // Two bytes that say for how many users, and what is sealed.
    expect(columns.find(({ name }) => name === 'public.rejections.edge_tag_ids')!.text).toMatch(
      /\0[\x01-\x04]\x01.{40}/s,
    );
  });

  it('is stored, sealed, only while a delivery of the batch may still need it', async () => {
    const rows = await ground.database.query(`
      select b.payload is null as purged, bool_and(d.state = 'succeeded') as done
      from batches b join deliveries d on d.batch = b.id group by b.id order by b.id`);
    expect(rows).toEqual([
      { purged: true, done: true },
      { purged: true, done: true },
      { purged: false, done: false },
    ]);
  });

  it('is in no answer of any endpoint', async () => {
    const deliveries = (await get(`${service.origin}/deliveries`, headers)).body.items as { id: string }[];
    expect(deliveries).toHaveLength(5);
    const urls = [
      ...[
        '/sessions',
        '/deliveries',
        '/providers',
        '/metrics',
        '/health/live',
        '/health/ready',
        '/openapi.json',
        '/docs',
      ],
      ...deliveries.map(({ id }) => `/deliveries/${id}`),
    ].map((path) => service.origin + path);
    for (const session of sessions) urls.push(session, `${session}/rejections`, `${session}/rejections?format=csv`);
    for (const url of urls) {
      const answer = await fetch(url, { headers });
      const told = JSON.stringify([...answer.headers]) + (await answer.text());
      expect([url, answer.status, foundIn(told)]).toEqual([url, 200, []]);
      expect([url, told.includes(SHOWN_ID)]).toEqual([url, url.includes('/rejections')]);
    }
  });

  it('is nowhere in what the process printed, at its most talkative', async () => {
    const [failed] = (await get(`${service.origin}/deliveries?state=failed`, headers)).body.items as { id: string }[];
    await post(`${service.origin}/deliveries/${failed!.id}/retry`, headers);
    await eventually(
      () => get(`${service.origin}/deliveries/${failed!.id}`, headers),
      ({ body }) => body.state === 'succeeded',
    );
    await service.stop();
    expect(service.log).toMatch(/^(?=.*"msg":"Waits: )(?=.*"code":"platform-unavailable")/m);
    expect(service.log).toMatch(/^(?=.*"msg":"Failed: )(?=.*"code":"request-rejected")/m);
    expect(service.log).toContain('"path":"/audience"');
    const password = new URL(ground.database.url).password;
    const secrets = [...FORBIDDEN, SHOWN_ID, encryptionKey.toLowerCase(), password.toLowerCase()];
    const lines = service.log.split('\n');
    const leaks = lines.filter((line) => secrets.some((secret) => line.toLowerCase().includes(secret)));
    expect(leaks).toEqual([]);
  });
});
