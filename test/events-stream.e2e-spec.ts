import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { createApp } from '../src/app.setup.js';
import { EventsRepository } from '../src/events/events.repository.js';
import { EventSourceClient } from './support/event-source.js';
import { startService, type TestService } from './support/service.js';
import { ready, record, someAudience } from './support/test-events.js';
import { eventually, get } from './support/upload.js';

describe('GET /events/stream', () => {
  const audience = someAudience();
  let service: TestService;
  let clients: EventSourceClient[];

  beforeAll(async () => {
    service = await startService();
  });
  beforeAll(() => {
    clients = [];
  });
  afterEach(() => clients.splice(0).forEach((client) => client.close()));
  afterAll(() => service.stop());

  async function follow(query = '', lastEventId?: string, origin = service.origin): Promise<EventSourceClient> {
    const client = await EventSourceClient.open(`${origin}/events/stream?${query}`, lastEventId);
    clients.push(client);
    return client;
  }
  const last = async () => Number((await service.database.query('select last from event_clock'))[0]!.last);
  const untilIds = (client: EventSourceClient, ids: readonly number[]) =>
    eventually(
      () => Promise.resolve(client.ids),
      (seen) => seen.length >= ids.length,
    ).then((seen) => expect(seen).toEqual(ids));
  const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

  it('tells only what happens from now on, at once, with number, name and data', async () => {
    await record(service.app, ready(audience, 1));
    const client = await follow();
    const { headers, statusCode } = client.response;
    expect([statusCode, headers['content-type'], headers['cache-control']]).toEqual([
      ...[200, 'text/event-stream; charset=utf-8', 'no-store'],
    ]);
    const before = await last();
    await eventually(
      () => Promise.resolve(client.lastEventId),
      (id) => id === String(before),
    );
    await record(service.app, ready(audience, 2));
    await untilIds(client, [before + 1]);
    const shown = (await get(`${service.origin}/events?after=${before}`)).body.items as object[];
    expect(client.messages).toEqual([{ id: String(before + 1), type: 'ready', data: shown[0] }]);
  });

  it('resumes after Last-Event-ID, which wins over after', async () => {
    const before = await last();
    await record(service.app, ready(audience, 1), ready(audience, 2), ready(audience, 3));
    await untilIds(await follow(`after=${before}`), range(before + 1, before + 3));
    await untilIds(await follow(`after=${before}`, String(before + 2)), [before + 3]);
  });

  it('misses nothing when it breaks before the first event', async () => {
    const first = await follow();
    const { lastEventId } = await eventually(
      () => Promise.resolve(first),
      (client) => client.lastEventId !== '',
    );
    first.close();
    await record(service.app, ready(audience, 1));
    await untilIds(await follow('', lastEventId), [Number(lastEventId) + 1]);
  });

  it('filters as the list does', async () => {
    const google = someAudience('google', 'eu');
    const before = await last();
    const client = await follow('tag=google/eu&type=ready,deleted');
    const deleted = { type: 'deleted', audience: google, data: { name: 'Ada', audienceId: null } } as const;
    await record(service.app, ready(audience, 1), ready(google, 2), deleted);
    await untilIds(client, [before + 2, before + 3]);
    expect(client.messages.map(({ type }) => type)).toEqual(['ready', 'deleted']);
  });

  it('has no gap and no double while many write at once and connections break, through two processes', async () => {
    const other = await createApp({ env: service.env });
    await other.listen(0, '127.0.0.1');
    const origins = [service.origin, await other.getUrl()];
    const before = await last();
    const seen: number[] = [];
    let client = await follow(`after=${before}`);
    const writing = range(1, 60).map((size) =>
      record(size % 2 ? service.app : other, ...range(1, size % 4).map((part) => ready(audience, size * 10 + part))),
    );
    const all = range(1, 60).reduce((sum, size) => sum + (size % 4), 0);
    for (let breaks = 0; seen.length + client.ids.length < all;) {
      if (client.ids.length > 7) {
        client.close();
        seen.push(...client.ids);
        client = await follow('', client.lastEventId, origins[(breaks += 1) % 2]);
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
    await Promise.all(writing);
    client.close();
    await other.close();
    expect([...seen, ...client.ids]).toEqual(range(before + 1, before + all));
    expect(seen.length).toBeGreaterThan(7);
  });

  it('reads no further ahead of a client that takes nothing, and loses nothing for it', async () => {
    const before = await last();
    const list = jest.spyOn(service.app.get(EventsRepository, { strict: false }), 'list');
    const client = await follow(`after=${before}`);
    client.response.pause();
    // 40 MB: far more than the buffers of the connection take.
    await service.database.query(`
      with clock as (update event_clock set last = last + 8000 returning last)
      insert into audience_events (id, type, audience, provider, tag, data, at)
      select last - 8000 + n, 'ready', '${audience.id}', 'facebook', 'default',
        jsonb_build_object('size', n, 'name', repeat('x', 5000)), now() from clock, generate_series(1, 8000) n`);
    await record(service.app, ready(audience, 1));
    // Other clients are served meanwhile, to the end.
    await untilIds(await follow(`after=${before + 7900}`), range(before + 7901, before + 8001));
    const pages = list.mock.calls.length;
    expect(pages).toBeLessThan(60);
    client.response.resume();
    await untilIds(client, range(before + 1, before + 8001));
    expect(list.mock.calls.length).toBeGreaterThan(80);
    list.mockRestore();
  });

  it('is refused beyond a number of streams, and has a place again when others have gone', async () => {
    const many = await Promise.all(range(1, 100).map(() => follow()));
    expect(many.map(({ response }) => response.statusCode)).toEqual(many.map(() => 200));
    const { status, body, headers } = await get(`${service.origin}/events/stream`);
    expect([status, body.code, headers.get('retry-after')]).toEqual([503, 'too-many-streams', '10']);
    many[0]!.close();
    await eventually(
      () => follow(),
      ({ response }) => response.statusCode === 200,
    );
  });

  it.each([
    ['after=x', undefined, 'after'],
    ['after=123456789', undefined, 'after'],
    ['', 'x', 'Last-Event-ID'],
    ['type=made', undefined, 'type'],
  ])('answers 400 to %s %s, by name', async (query, id, field) => {
    const headers: Record<string, string> = id === undefined ? {} : { 'Last-Event-ID': id };
    const { status, body } = await get(`${service.origin}/events/stream?${query}`, headers);
    expect([status, body.errors?.map((one) => one.field)]).toEqual([400, [field]]);
  });

  it('ends cleanly at shutdown, which waits for no client', async () => {
    const other = await createApp({ env: service.env });
    await other.listen(0, '127.0.0.1');
    const client = await follow('', undefined, await other.getUrl());
    await other.close();
    await eventually(
      () => Promise.resolve(client.isEnded),
      (isEnded) => isEnded,
    );
    expect(client.response.complete).toBe(true);
  });
});
