import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from './support/service.js';
import { ready, record, someAudience } from './support/test-events.js';
import { allPages, get } from './support/upload.js';
import { deliveriesOf, makeWebhook, send, untilNewest } from './support/webhooks.js';

const URL_OK = 'https://hooks.example.com/audiences?token=abc';
const NOBODY = '01980f6e-7c1a-7b52-a2f4-3f6f2f0f7f57';

/** As operators run it: inner addresses are not allowed. */
describe('the webhooks resource', () => {
  let service: TestService;
  let webhooks: string;

  beforeAll(async () => {
    service = await startService();
    webhooks = `${service.origin}/webhooks`;
  });
  afterEach(() => service.database.query('delete from webhooks'));
  afterAll(() => service.stop());

  it('is made, read, changed and deleted', async () => {
    const settings = { url: URL_OK, description: 'CRM', events: ['ready', 'tooSmall'] };
    const made = await send('POST', webhooks, settings);
    expect([made.status, made.headers.get('cache-control')]).toEqual([201, 'no-store']);
    const { secret, ...shown } = made.body;
    expect(secret).toEqual(expect.stringMatching(/^whsec_/));
    expect(shown).toEqual({
      ...settings,
      id: expect.any(String),
      enabled: true,
      previousSecretUntil: null,
      createdAt: expect.any(String),
      updatedAt: shown.createdAt,
    });
    const at = service.origin + made.headers.get('location')!;
    expect((await get(at)).body).toEqual(shown);

    const changed = await send('PATCH', at, { url: 'https://other.example.com', events: null, description: null });
    const change = { url: 'https://other.example.com', events: null, description: null, enabled: true };
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { ...change, id: shown.id, createdAt: shown.createdAt },
    ]);
    expect((await send('PATCH', at, {})).body).toMatchObject(change);
    expect((await send('PATCH', at, { enabled: false })).body).toMatchObject({ ...change, enabled: false });

    expect((await send('DELETE', at)).status).toBe(204);
    for (const answer of [await get(at), await send('DELETE', at), await send('PATCH', at, {})]) {
      expect([answer.status, answer.body.code]).toEqual([404, 'webhook-not-found']);
    }
  });

  it('is listed page by page, oldest first', async () => {
    const ids: string[] = [];
    for (let index = 0; index < 5; index++) ids.push((await makeWebhook(service.origin, { url: URL_OK })).id);
    const { items, pages } = await allPages(webhooks, 2);
    expect([pages, items.map(({ id }) => id)]).toEqual([3, ids]);
  });

  it('has its deliveries, newest first, by state, page by page', async () => {
    const webhook = await makeWebhook(service.origin, { url: URL_OK });
    await record(service.app, ...[1, 2, 3, 4, 5].map((size) => ready(someAudience(), size)));
    await untilNewest(webhook, () => true);
    await service.database.query(`update webhook_deliveries set state = 'delivered', due_at = null, settled_at = now()
      where event % 2 = 0`);
    const { items, pages } = await allPages(`${webhook.at}/deliveries`, 2);
    const events = items.map(({ event }) => Number(event));
    expect([pages, events]).toEqual([3, events.toSorted((one, other) => other - one)]);
    expect(new Set(events).size).toBe(5);
    const delivered = (await get(`${webhook.at}/deliveries?state=delivered`)).body.items as { event: number }[];
    expect(delivered.map(({ event }) => event)).toEqual(events.filter((event) => event % 2 === 0));
  });

  it.each([
    'http://hooks.example.com',
    'https://user:word@hooks.example.com',
    'https://127.0.0.1:8443',
    'https://0x7f.1',
    'https://localhost',
    'https://169.254.169.254/latest/meta-data',
    'https://[::ffff:169.254.169.254]',
    'https://[fd00:ec2::254]',
    'https://10.0.0.7',
    'not an address',
  ])('answers 422 to the url %s, and does not repeat it', async (url) => {
    const { at } = await makeWebhook(service.origin, { url: URL_OK });
    for (const answer of [await send('POST', webhooks, { url }), await send('PATCH', at, { url })]) {
      const { status, body } = answer;
      expect([status, body.code, body.errors?.map(({ field }) => field)]).toEqual([
        ...[422, 'webhook-url-refused', ['url']],
      ]);
      expect(JSON.stringify(body)).not.toContain(url);
    }
    expect((await get(at)).body.url).toBe(URL_OK);
  });

  it('is not sent to an inner address that was allowed when it was made', async () => {
    const webhook = await makeWebhook(service.origin, { url: URL_OK });
    const { port } = new URL(service.origin);
    await service.database.query(`update webhooks set url = 'http://127.0.0.1:${port}/webhooks'`);
    await send('POST', `${webhook.at}/test`);
    const failed = await untilNewest(webhook, ({ state }) => state === 'failed');
    expect([failed?.error, failed?.statusCode]).toEqual(['address-refused', null]);
  });

  it.each([
    [{}, ['url']],
    [{ url: 7 }, ['url']],
    [{ url: `https://example.com/${'a'.repeat(2_000)}` }, ['url']],
    [{ url: URL_OK, events: [] }, ['events']],
    [{ url: URL_OK, events: ['made'] }, ['events']],
    [{ url: URL_OK, events: 'ready' }, ['events']],
    [{ url: URL_OK, events: ['ready', 'ready'] }, ['events']],
    [{ url: URL_OK, enabled: 'yes' }, ['enabled']],
    [{ url: URL_OK, enabled: null }, ['enabled']],
    [{ url: URL_OK, description: 'a'.repeat(501) }, ['description']],
  ])('answers 400 to %j, by name', async (body, fields) => {
    const answer = await send('POST', webhooks, body);
    expect([answer.status, answer.body.errors?.map(({ field }) => field)]).toEqual([400, fields]);
  });

  it('ignores what is not a setting', async () => {
    const webhook = await makeWebhook(service.origin, { url: URL_OK });
    const other = { id: NOBODY, lastEvent: 0, secret: 'whsec_AAAA', createdAt: '2020-01-01T00:00:00.000Z' };
    const { status, body } = await send('PATCH', webhook.at, other);
    expect([status, body.id]).toEqual([200, webhook.id]);
    expect((await service.database.query('select id from webhooks')).map(({ id }) => id)).toEqual([webhook.id]);
  });

  it.each([
    ['text/plain', '{}', 415],
    ['application/json', '{', 400],
    ['application/json', '[]', 400],
    ['application/json', '', 400],
    ['application/json', '"\u00e9', 400],
    ['application/json', '['.repeat(5_000), 400],
    ['application/json', ' '.repeat(300_000), 413],
  ])('answers body %# of %s as it should', async (type, body, status) => {
    const answer = await fetch(webhooks, { method: 'POST', headers: { 'Content-Type': type }, body });
    expect([answer.status, answer.headers.get('content-type')]).toEqual([
      ...[status, 'application/problem+json; charset=utf-8'],
    ]);
  });

  it('is for admin keys alone', async () => {
    const API_KEYS = 'reader:reader-secret-0001:audience:read';
    const locked = await startService({ API_KEYS });
    const headers = { Authorization: 'Bearer reader-secret-0001' };
    expect((await get(`${locked.origin}/webhooks`, headers)).status).toBe(403);
    expect((await get(`${locked.origin}/events`, headers)).status).toBe(200);
    await locked.stop();
  });

  it('answers 404 and 409 to deliveries that cannot be retried', async () => {
    const webhook = await makeWebhook(service.origin, { url: URL_OK });
    const missing = await send('POST', `${webhook.at}/deliveries/${NOBODY}/retry`);
    expect([missing.status, missing.body.code]).toEqual([404, 'webhook-delivery-not-found']);
    await record(service.app, ready(someAudience(), 1));
    await untilNewest(webhook, () => true);
    const [{ id } = { id: '' }] = await deliveriesOf(webhook);
    const pending = await send('POST', `${webhook.at}/deliveries/${String(id)}/retry`);
    expect([pending.status, pending.body.code]).toEqual([409, 'webhook-delivery-not-retryable']);
    await send('PATCH', webhook.at, { enabled: false });
    const off = await send('POST', `${webhook.at}/deliveries/${String(id)}/retry`);
    expect([off.status, off.body.detail]).toEqual([409, expect.stringContaining('switched off')]);
    const strangers = await send('POST', `${webhooks}/${NOBODY}/test`);
    expect(strangers.status).toBe(404);
  });
});
