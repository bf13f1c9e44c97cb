import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplication } from '@nestjs/common';
import { createApp } from '../src/app.setup.js';
import { startService, type TestService } from './support/service.js';
import { ready, record, someAudience } from './support/test-events.js';
import { eventually } from './support/upload.js';
import { plain, WebhookReceiver } from './support/webhook-receiver.js';
import { deliveriesOf, hurry, makeWebhook, untilNewest } from './support/webhooks.js';

describe('webhooks of several processes on one database', () => {
  const audience = someAudience();
  let service: TestService;
  let other: INestApplication;
  let receiver: WebhookReceiver;

  beforeAll(async () => {
    service = await startService({ WEBHOOK_ALLOW_PRIVATE: 'true' });
    other = await createApp({ env: service.env });
    await other.listen(0, '127.0.0.1');
  });
  beforeEach(async () => {
    receiver = await WebhookReceiver.start();
  });
  afterEach(async () => {
    await service.database.query('delete from webhooks');
    await receiver.stop();
  });
  afterAll(async () => {
    await other.close();
    await service.stop();
  });

  const untilMessages = (count: number) =>
    eventually(
      () => Promise.resolve(receiver.messages),
      ({ length }) => length >= count,
    );

  it('are told of each event once, whoever records it and however many do so at once', async () => {
    const webhook = await makeWebhook(service.origin, { url: receiver.url });
    const sizes = Array.from({ length: 60 }, (_, index) => index);
    await Promise.all(sizes.map((size) => record(size % 2 ? service.app : other, ready(audience, size))));
    await untilMessages(60);
    await eventually(
      async () => (await service.database.query(`select from webhook_deliveries where state = 'pending'`)).length,
      (open) => open === 0,
    );
    expect(receiver.sizes.toSorted((one, another) => Number(one) - Number(another))).toEqual(sizes);
    const deliveries = await deliveriesOf(webhook);
    expect(deliveries.every(({ attempts }) => attempts === 1)).toBe(true);
    expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(60);
  });

  it('are sent to by one process at a time, and by another when the lease runs out, whose word counts', async () => {
    const webhook = await makeWebhook(service.origin, { url: receiver.url });
    let release = () => {};
    receiver.answerWith((response) => (release = () => response.writeHead(500).end()));
    await record(service.app, ready(audience, 1));
    await untilMessages(1);
    const [taken] = await deliveriesOf(webhook);
    expect(Date.parse(String(taken!.nextAttemptAt)) - Date.now()).toBeGreaterThan(20_000);
    expect(receiver.messages).toHaveLength(1);
    // The process that has it is taken for dead.
    receiver.answerWith(plain(204));
    await hurry(service);
    await untilNewest(webhook, ({ state }) => state === 'delivered');
    release();
    // What it says when it comes back is not heard: another event is through by then, and this one as it was.
    await record(service.app, ready(audience, 2));
    await eventually(
      () => deliveriesOf(webhook),
      (deliveries) => deliveries.length === 2 && deliveries.every(({ state }) => state === 'delivered'),
    );
    expect((await deliveriesOf(webhook))[1]).toMatchObject({ attempts: 2, statusCode: 204, error: null });
    expect(new Set(receiver.messages.map(({ headers }) => headers['webhook-id'])).size).toBe(2);
    expect(receiver.messages).toHaveLength(3);
  });

  it('are served by workers alone: an api process makes and tests them', async () => {
    const api = await createApp({ env: { ...service.env, ROLE: 'api' } });
    await api.listen(0, '127.0.0.1');
    const webhook = await makeWebhook(await api.getUrl(), { url: receiver.url });
    await record(api, ready(audience, 3));
    await untilNewest(webhook, ({ state }) => state === 'delivered');
    expect(receiver.sizes).toEqual([3]);
    await api.close();
  });

  it('get what is on its way at shutdown, and the rest from another process', async () => {
    const ending = await createApp({ env: { ...service.env, ROLE: 'worker' } });
    await ending.listen(0, '127.0.0.1');
    const webhook = await makeWebhook(service.origin, { url: receiver.url });
    const held: (() => void)[] = [];
    receiver.answerWith((response) => held.push(() => response.writeHead(204).end()));
    for (let size = 0; size < 12; size++) await record(ending, ready(audience, size));
    await eventually(
      () => Promise.resolve(held.length),
      (count) => count > 0,
    );
    const closed = ending.close();
    receiver.answerWith(plain(204));
    held.splice(0).forEach((release) => release());
    await closed;
    await eventually(
      () => deliveriesOf(webhook),
      (deliveries) => deliveries.length === 12 && deliveries.every(({ state }) => state === 'delivered'),
    );
    expect(receiver.sizes.toSorted((one, another) => Number(one) - Number(another))).toEqual([...Array(12).keys()]);
  });
});
