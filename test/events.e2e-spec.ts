import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService } from './support/service.js';
import { ready, record, someAudience } from './support/test-events.js';
import { allPages, get } from './support/upload.js';

describe('GET /events', () => {
  const eu = someAudience('facebook', 'eu');
  const google = someAudience('google', 'default');
  let service: TestService;

  beforeAll(async () => {
    service = await startService();
    await record(service.app, {
      type: 'created',
      audience: eu,
      data: { name: 'Ada', type: 'customer-list', audienceId: null },
    });
    for (let size = 1; size <= 5; size++) await record(service.app, ready(eu, size), ready(google, size));
  });
  afterAll(() => service.stop());

  const idsOf = async (query: string) => {
    const { status, body } = await get(`${service.origin}/events?${query}`);
    expect([query, status]).toEqual([query, 200]);
    return (body.items as { id: number }[]).map(({ id }) => id);
  };

  it('shows each event with its number, its audience and what it tells', async () => {
    const { body } = await get(`${service.origin}/events?limit=1`);
    expect(body.items).toEqual([
      {
        id: 1,
        type: 'created',
        audience: eu.id,
        provider: 'facebook',
        tag: 'eu',
        at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]{12}Z$/),
        data: { name: 'Ada', type: 'customer-list', audienceId: null },
      },
    ]);
    expect(body.nextCursor).toEqual(expect.any(String));
  });

  it.each(['asc', 'desc'])('lists all of them, page by page, %s', async (order) => {
    const { items, pages } = await allPages(`${service.origin}/events?order=${order}`, 4);
    const ids = items.map(({ id }) => Number(id));
    const all = Array.from({ length: 11 }, (_, index) => index + 1);
    expect([pages, ids]).toEqual([3, order === 'asc' ? all : all.toReversed()]);
  });

  it.each([
    ['type=created', [1]],
    ['type=created,%20ready&provider=google', [3, 5, 7, 9, 11]],
    ['type=deleted', []],
    [`audience=${google.id}&after=8`, [9, 11]],
    ['provider=google&order=desc&limit=2', [11, 9]],
    ['tag=eu&after=7&order=desc', [10, 8]],
    ['tag=facebook/eu&limit=2', [1, 2]],
    ['tag=facebook/default', []],
    ['tag=facebook/eu&provider=google', []],
    ['after=11', []],
  ])('filters by %s', async (query, ids) => {
    expect(await idsOf(query)).toEqual(ids);
  });

  it.each([
    ['type=created,made', 'type'],
    ['audience=7', 'audience'],
    ['provider=Face book', 'provider'],
    ['tag=a/b/c', 'tag'],
    ['after=-1', 'after'],
    ['after=9007199254740993', 'after'],
    ['order=up', 'order'],
    ['limit=0', 'limit'],
    ['cursor=WyIxIl0', 'cursor'],
    ['cursor=Wy0xXQ', 'cursor'],
  ])('answers 400 to %s, by name', async (query, field) => {
    const { status, body } = await get(`${service.origin}/events?${query}`);
    expect([status, body.errors?.map((one) => one.field)]).toEqual([400, [field]]);
  });
});
