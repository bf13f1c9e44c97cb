import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from './support/service.js';
import { ready, record, someAudience } from './support/test-events.js';
import { eventually, get } from './support/upload.js';
import { isSignedWith, plain, WebhookReceiver } from './support/webhook-receiver.js';
import { deliveriesOf, hurry, makeWebhook, send, untilNewest } from './support/webhooks.js';

describe('webhooks', () => {
  const audience = someAudience('facebook', 'eu');
  let service: TestService;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    service = await startService({ WEBHOOK_ALLOW_PRIVATE: 'true' });
  });
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await service.database.query('delete from webhooks');
    await receiver.stop();
  });
  afterAll(() => service.stop());

  const make = (settings: Record<string, unknown> = {}) =>
    makeWebhook(service.origin, { url: receiver.url, ...settings });
  const untilMessages = (count: number) =>
    eventually(
      () => Promise.resolve(receiver.messages),
      ({ length }) => length >= count,
    );

  it('are told of an event at once, signed, with all that the event has', async () => {
    const { id, secret, at } = await make();
    await record(service.app, ready(audience, 7));
    const [message] = await untilMessages(1);
    const event = (
      (await get(`${service.origin}/events?audience=${audience.id}&order=desc&limit=1`)).body.items as object[]
    )[0];
    const { id: number, at: timestamp } = event as { id: number; at: string };
    expect(message!.json).toEqual({
      type: 'ready',
      timestamp,
      data: { id: number, audience: audience.id, provider: 'facebook', tag: 'eu', size: 7 },
    });
    expect(message!.headers['content-type']).toBe('application/json');
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(isSignedWith(secret, message!)).toBe(true);
    expect(isSignedWith(secret, { ...message!, body: message!.body.replace('7', '8') })).toBe(false);
    const delivery = await untilNewest({ id, secret, at }, ({ state }) => state === 'delivered');
    expect(delivery).toMatchObject({ id: message!.headers['webhook-id'], event: number, type: 'ready', attempts: 1 });
    expect(delivery).toMatchObject({ statusCode: 204, error: null, nextAttemptAt: null });
  });

  it('are told of the events they asked for, from the time they were made on', async () => {
    await record(service.app, ready(audience, 1));
    const webhook = await make({ events: ['ready'] });
    await record(
      service.app,
      { type: 'deleted', audience, data: { name: 'Ada', audienceId: null } },
      ready(audience, 2),
    );
    await untilNewest(webhook, ({ state }) => state === 'delivered');
    expect(receiver.sizes).toEqual([2]);
    expect((await deliveriesOf(webhook)).map(({ type }) => type)).toEqual(['ready']);
  });

  it('are tried again after a failure, with the same id and body and a new signature, as the schedule says', async () => {
    receiver.answerWith(plain(500));
    const webhook = await make();
    await record(service.app, ready(audience, 1));
    const failed = await untilNewest(webhook, ({ attempts, error }) => attempts === 1 && error !== null);
    expect(failed).toMatchObject({ state: 'pending', statusCode: 500, error: 'http-status' });
    const waitMs = Date.parse(String(failed!.nextAttemptAt)) - Date.now();
    expect([waitMs > 0, waitMs <= 5_500]).toEqual([true, true]);
    receiver.answerWith(plain(200));
    await hurry(service);
    const delivered = await untilNewest(webhook, ({ state }) => state === 'delivered');
    expect(delivered).toMatchObject({ attempts: 2, statusCode: 200, error: null });
    const [first, second] = receiver.messages;
    expect(second!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    expect(second!.body).toBe(first!.body);
    expect(receiver.messages.map((message) => isSignedWith(webhook.secret, message))).toEqual([true, true]);
    const text = await (await fetch(`${service.origin}/metrics`)).text();
    expect(text).toMatch(/^audience_webhook_deliveries_total\{outcome="retried"\} [1-9]/m);
  });

  it('are not tried before the time that Retry-After gives', async () => {
    receiver.answerWith(plain(429, { 'Retry-After': '3600' }));
    const webhook = await make();
    await record(service.app, ready(audience, 1));
    const failed = await untilNewest(webhook, ({ error }) => error !== null);
    const waitMs = Date.parse(String(failed!.nextAttemptAt)) - Date.now();
    expect(Math.abs(waitMs - 3_600_000)).toBeLessThan(60_000);
  });

  it('fail after the last attempt of the schedule, and can be retried by hand', async () => {
    receiver.answerWith(plain(503));
    const webhook = await make();
    await record(service.app, ready(audience, 1));
    await untilNewest(webhook, ({ error }) => error !== null);
    await service.database.query('update webhook_deliveries set attempts = 7, due_at = now()');
    await untilNewest(webhook, ({ state }) => state === 'failed');
    const [failed] = await deliveriesOf(webhook);
    expect(failed).toMatchObject({ state: 'failed', attempts: 8, error: 'http-status', nextAttemptAt: null });
    receiver.answerWith(plain(204));
    const retried = await send('POST', `${webhook.at}/deliveries/${String(failed!.id)}/retry`);
    expect([retried.status, retried.body.id]).toEqual([202, failed!.id]);
    const delivered = await untilNewest(webhook, ({ state }) => state === 'delivered');
    expect(delivered).toMatchObject({ id: failed!.id, attempts: 1 });
    expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(receiver.messages).toHaveLength(3);
  });

  it('are switched off by 410, and give up what they were still to be told', async () => {
    receiver.answerWith(plain(500));
    const webhook = await make();
    await record(service.app, ready(audience, 1));
    await untilNewest(webhook, ({ error }) => error !== null);
    receiver.answerWith(plain(410));
    await record(service.app, ready(audience, 2));
    await eventually(
      () => get(webhook.at),
      ({ body }) => body.enabled === false,
    );
    const deliveries = await deliveriesOf(webhook);
    expect(deliveries.map(({ state, error }) => [state, error])).toEqual([
      ['failed', 'gone'],
      ['failed', 'webhook-disabled'],
    ]);
    await record(service.app, ready(audience, 3));
    receiver.answerWith(plain(204));
    const on = await send('PATCH', webhook.at, { enabled: true });
    expect([on.status, on.body.enabled]).toEqual([200, true]);
    await record(service.app, ready(audience, 4));
    await untilNewest(webhook, ({ state }) => state === 'delivered');
    expect(receiver.sizes).toEqual([1, 2, 4]);
  });

  it('are not followed to where a redirect leads', async () => {
    const other = await WebhookReceiver.start();
    receiver.answerWith(plain(307, { Location: other.url }));
    const webhook = await make();
    await record(service.app, ready(audience, 1));
    const failed = await untilNewest(webhook, ({ error }) => error !== null);
    expect([failed, other.messages]).toMatchObject([{ state: 'pending', statusCode: 307, error: 'redirect' }, []]);
    await other.stop();
  });

  it('sign with both secrets after a rotation, and with the new one alone a day later', async () => {
    const webhook = await make();
    const { status, body, headers } = await send('POST', `${webhook.at}/rotate-secret`);
    expect([status, headers.get('cache-control')]).toEqual([200, 'no-store']);
    const secret = String(body.secret);
    expect(secret).not.toBe(webhook.secret);
    expect(Date.parse(String(body.previousSecretUntil)) - Date.now()).toBeGreaterThan(86_000_000);
    await record(service.app, ready(audience, 1));
    const [both] = await untilMessages(1);
    expect([secret, webhook.secret].map((one) => isSignedWith(one, both!))).toEqual([true, true]);
    await service.database.query(`update webhooks set previous_until = now() - interval '1 second'`);
    await record(service.app, ready(audience, 2));
    const alone = (await untilMessages(2))[1]!;
    expect([secret, webhook.secret].map((one) => isSignedWith(one, alone))).toEqual([true, false]);
    expect((await get(webhook.at)).body.previousSecretUntil).toBeNull();
  });

  it('can be tested, also while they are switched off, without a retry', async () => {
    receiver.answerWith(plain(500));
    const webhook = await make({ enabled: false });
    const { status, body } = await send('POST', `${webhook.at}/test`);
    expect([status, body]).toMatchObject([202, { type: 'test', event: null, state: 'pending' }]);
    const failed = await untilNewest(webhook, ({ state }) => state === 'failed');
    expect(failed).toMatchObject({ attempts: 1, statusCode: 500 });
    expect(receiver.messages.map(({ json }) => json)).toMatchObject([{ type: 'test', data: { webhook: webhook.id } }]);
    expect(isSignedWith(webhook.secret, receiver.messages[0]!)).toBe(true);
  });

  it('that are slow hold up no others, and are sent to by a few at once', async () => {
    const slow = await WebhookReceiver.start();
    slow.answerWith(() => undefined);
    await make({ url: slow.url });
    const webhook = await make();
    for (let size = 1; size <= 40; size++) await record(service.app, ready(audience, size));
    await eventually(
      () => Promise.resolve(receiver.sizes),
      ({ length }) => length === 40,
    );
    expect(new Set(receiver.sizes).size).toBe(40);
    expect(slow.mostAtOnce).toBe(4);
    await untilNewest(webhook, ({ state }) => state === 'delivered');
    await slow.stop();
  });

  it('keep their secret sealed, and have it in no other answer', async () => {
    const webhook = await make({ description: 'CRM' });
    await send('POST', `${webhook.at}/rotate-secret`);
    const rows = await service.database.query('select secret, previous_secret from webhooks');
    const kept = rows.flatMap(({ secret, previous_secret: before }) => [secret, before] as Buffer[]);
    expect(kept.map((one) => one.length > 40)).toEqual([true, true]);
    expect(kept.some((one) => one.includes('whsec_') || one.includes(webhook.secret.slice(6, 20)))).toBe(false);
    for (const url of [webhook.at, `${service.origin}/webhooks`, `${webhook.at}/deliveries`]) {
      expect([url, JSON.stringify((await get(url)).body).includes('whsec_')]).toEqual([url, false]);
    }
  });
});
