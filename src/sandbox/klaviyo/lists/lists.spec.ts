import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, memberOf, refusals, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
beforeEach(async () => {
  api = await startKlaviyo();
});
afterEach(() => api.sandbox.stop());

interface ListPage {
  readonly data: { readonly id: string; readonly attributes: { readonly name: string } }[];
  readonly links: { readonly self: string; readonly next: string | null; readonly prev: string | null };
}
const page = async (query: Record<string, string> = {}) => (await api.get('lists', query)).body as ListPage;
const names = ({ data }: ListPage) => data.map(({ attributes }) => attributes.name);
const follow = async (link: string | null) => (await api.call('GET', link?.split('/api/')[1] ?? '')).body as ListPage;

describe('a list', () => {
  it('is answered with microseconds at its creation and with seconds afterwards', async () => {
    const created = await api.post('lists', 'list', { name: 'Buyers' });
    const { id } = (created.body as { data: { id: string } }).data;
    const at = `${api.sandbox.klaviyo.origin}/api/lists`;
    const links = (name: string) => ({
      links: { self: `${at}/${id}/relationships/${name}/`, related: `${at}/${id}/${name}/` },
    });
    const micro = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}\+00:00$/);
    expect([created.status, created.body]).toEqual([
      201,
      {
        data: {
          type: 'list',
          id: expect.stringMatching(/^[A-Za-z0-9]{6}$/),
          attributes: { name: 'Buyers', created: micro, updated: micro, opt_in_process: 'double_opt_in' },
          relationships: { profiles: links('profiles'), tags: links('tags'), 'flow-triggers': links('flow-triggers') },
          links: { self: `${at}/${id}/` },
        },
        links: { self: at },
      },
    ]);
    const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect((await api.get(`lists/${id}`)).body).toMatchObject({
      data: { attributes: { created: second, updated: second } },
    });
  });

  it('may have the name of another', async () => {
    expect(await api.list('Buyers')).not.toBe(await api.list('Buyers'));
    expect(names(await page({ filter: 'any(name,["Buyers"])' }))).toEqual(['Buyers', 'Buyers']);
  });

  it('changes its name and opt-in process', async () => {
    const id = await api.list();
    const changed = await api.patch(`lists/${id}`, 'list', { name: 'VIP', opt_in_process: 'single_opt_in' });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { data: { id, attributes: { name: 'VIP', opt_in_process: 'single_opt_in' } } },
    ]);
  });

  it('counts its members for a single read only', async () => {
    const id = await api.list();
    await api.imported(id, { email: 'ann@example.com' }, { email: 'bob@example.com' });
    const counted = await api.get(`lists/${id}`, { 'additional-fields[list]': 'profile_count' });
    expect(counted.body).toMatchObject({ data: { attributes: { profile_count: 2 } } });
    expect((await api.get(`lists/${id}`)).body).not.toHaveProperty('data.attributes.profile_count');
    const refused = await api.get('lists', { 'additional-fields[list]': 'profile_count' });
    expect(refusals(refused)).toEqual([400, ['invalid', 'additional-fields[list]']]);
  });

  it('goes, and its profiles stay', async () => {
    const id = await api.list();
    await api.imported(id, { email: 'ann@example.com' });
    const deleted = await api.call('DELETE', `lists/${id}`);
    expect([deleted.status, deleted.body]).toEqual([204, '']);
    expect(await api.profile('ann@example.com')).toMatchObject({ email: 'ann@example.com' });
    const again = await api.call('DELETE', `lists/${id}`);
    expect([refusals(again), detailOf(again)]).toEqual([
      [404, ['not_found', '/data/']],
      `A list with id \`${id}\` does not exist.`,
    ]);
  });

  it('leaves a segment over it empty', async () => {
    const id = await api.list();
    const segment = await api.segment([memberOf(id)]);
    await api.imported(id, { email: 'ann@example.com' });
    expect(await api.members(`segments/${segment}`)).toHaveLength(1);
    expect((await api.call('DELETE', `lists/${id}`)).status).toBe(204);
    api.sandbox.klaviyo.advanceClock(1000);
    expect(await api.members(`segments/${segment}`)).toEqual([]);
  });

  it('can be kept by a segment over it', async () => {
    await api.sandbox.stop();
    api = await startKlaviyo({ refuseDeleteOfUsedList: true });
    const id = await api.list();
    const segment = await api.segment([memberOf(id)]);
    expect((await api.call('DELETE', `lists/${id}`)).status).toBe(409);
    await api.call('DELETE', `segments/${segment}`);
    expect((await api.call('DELETE', `lists/${id}`)).status).toBe(204);
  });
});

describe('the collection', () => {
  it('comes ten at a time', async () => {
    for (let number = 1; number <= 23; number += 1) await api.list(`List ${number}`);
    const first = await page();
    expect([first.data.length, first.links.prev]).toEqual([10, null]);
    const second = await follow(first.links.next);
    expect(names(second)).toEqual(Array.from({ length: 10 }, (_, index) => `List ${index + 11}`));
    const third = await follow(second.links.next);
    expect([names(third), third.links.next]).toEqual([['List 21', 'List 22', 'List 23'], null]);
    expect(names(await follow(third.links.prev))).toEqual(names(second));
    expect(names(await follow(second.links.prev))).toEqual(names(first));
  });

  it('turns pages although a list goes in between', async () => {
    for (let number = 1; number <= 4; number += 1) await api.list(`List ${number}`);
    const first = await page({ 'page[size]': '2' });
    await api.call('DELETE', `lists/${first.data[1]?.id}`);
    expect(names(await follow(first.links.next))).toEqual(['List 3', 'List 4']);
  });

  it.each(['0', '11', '-1', 'ten', '1.5', ''])('refuses a page size of "%s"', async (size) => {
    expect(refusals(await api.get('lists', { 'page[size]': size }))).toEqual([400, ['invalid', 'page[size]']]);
  });

  it('refuses a cursor that it did not make', async () => {
    const refused = await api.get('lists', { 'page[cursor]': 'bmV4dA' });
    expect(refusals(refused)).toEqual([400, ['invalid', 'page[cursor]']]);
  });

  it('is sorted, and shows the fields that are asked for', async () => {
    for (const name of ['B', 'C', 'A']) await api.list(name);
    expect(names(await page({ sort: 'created' }))).toEqual(['B', 'C', 'A']);
    expect(names(await page({ sort: '-name' }))).toEqual(['C', 'B', 'A']);
    const [first] = (await page({ 'fields[list]': 'name', 'page[size]': '1' })).data;
    expect(first?.attributes).toEqual({ name: 'B' });
    expect(refusals(await api.get('lists', { sort: 'size' }))).toEqual([400, ['invalid', 'sort']]);
    expect(refusals(await api.get('lists', { 'fields[list]': 'size' }))).toEqual([400, ['invalid', 'fields[list]']]);
  });
});

describe('the filter', () => {
  beforeEach(async () => {
    for (const name of ['VIP', 'vip', 'VIP 2', 'Say "hi" \\o/', 'a,b']) await api.list(name);
  });

  it.each([
    ['any(name,["VIP"])', ['VIP']],
    ['any(name,["VIP","vip"])', ['VIP', 'vip']],
    ['equals(name,"VIP 2")', ['VIP 2']],
    ["equals(name,['VIP'])", ['VIP']],
    ['any(name,["Say \\"hi\\" \\\\o/"])', ['Say "hi" \\o/']],
    ['any(name,["a,b"])', ['a,b']],
    ['any(name,["none"])', []],
    ['any(name,["VIP","vip"]),equals(name,"vip")', ['vip']],
    ['and(any(name,["VIP","vip"]),equals(name,"vip"))', ['vip']],
    ['greater-than(created,2020-01-01T00:00:00Z),equals(name,"VIP")', ['VIP']],
    ['greater-than(updated,2199-01-01T00:00:00+00:00)', []],
  ])('finds by %s', async (filter, found) => {
    expect(names(await page({ filter }))).toEqual(found);
  });

  it('finds by id', async () => {
    const id = await api.list('by id');
    expect(names(await page({ filter: `equals(id,"${id}")` }))).toEqual(['by id']);
  });

  it.each([
    'any(name,[VIP])',
    'equals(name,VIP)',
    'any(name,"VIP")',
    'equals(name,"VIP"',
    'equals(name,"VIP") or equals(name,"vip")',
    'equals(name,["VIP","vip"])',
    'greater-than(created,"2020-01-01T00:00:00Z")',
    'name="VIP"',
    '',
  ])('cannot be %s', async (filter) => {
    const refused = await api.get('lists', { filter });
    expect([refusals(refused), detailOf(refused)]).toEqual([[400, ['invalid', 'filter']], 'Invalid filter provided']);
  });

  it.each([
    'contains(name,"V")',
    'starts-with(name,"V")',
    'equals(opt_in_process,"x")',
    'less-than(created,2020-01-01)',
  ])('refuses what it does not offer: %s', async (filter) => {
    expect(refusals(await api.get('lists', { filter }))).toEqual([400, ['invalid', 'filter']]);
  });

  it('takes a hundred values at most', async () => {
    const filter = (count: number) => `any(name,[${Array.from({ length: count }, () => '"VIP"').join(',')}])`;
    expect((await api.get('lists', { filter: filter(100) })).status).toBe(200);
    expect((await api.get('lists', { filter: filter(101) })).status).toBe(400);
  });
});
