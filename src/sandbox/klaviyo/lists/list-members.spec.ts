import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, refusals, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
let list: string;
beforeEach(async () => {
  api = await startKlaviyo();
  list = await api.list();
});
afterEach(() => api.sandbox.stop());

const UNKNOWN = '01M1PAAR5HBCRHA3NN9NG5WRTA';
const write = (method: string, ids: readonly string[], at = list) =>
  api.call(method, `lists/${at}/relationships/profiles`, { data: ids.map((id) => ({ type: 'profile', id })) });
const people = (count: number) => Array.from({ length: count }, (_, index) => ({ email: `p${index}@example.com` }));
const emails = async (query: Record<string, string>) => {
  const { body } = await api.get(`lists/${list}/profiles`, query);
  return (body as { data: { attributes: { email: string } }[] }).data.map(({ attributes }) => attributes.email);
};

describe('members by id', () => {
  it('come and go', async () => {
    await api.imported(undefined, { email: 'ann@example.com' }, { email: 'bob@example.com' });
    const ann = String((await api.profile('ann@example.com'))['id']);
    const bob = String((await api.profile('bob@example.com'))['id']);
    const added = await write('POST', [ann, bob]);
    expect([added.status, added.body, await api.members(`lists/${list}`)]).toEqual([204, '', [ann, bob]]);
    const removed = await write('DELETE', [ann]);
    expect([removed.status, removed.body, await api.members(`lists/${list}`)]).toEqual([204, '', [bob]]);
    expect((await api.get(`profiles/${ann}`)).status).toBe(200);
  });

  it('may be removed although they are no members', async () => {
    await api.imported(undefined, { email: 'ann@example.com' });
    const ann = String((await api.profile('ann@example.com'))['id']);
    expect((await write('DELETE', [ann])).status).toBe(204);
  });

  it.each(['POST', 'DELETE'])('are refused together when %s names one that does not exist', async (method) => {
    await api.imported(undefined, { email: 'ann@example.com' });
    const ann = String((await api.profile('ann@example.com'))['id']);
    const refused = await write(method, [ann, UNKNOWN, 'x']);
    expect(refusals(refused)).toEqual([400, ['invalid', '/data/']]);
    expect(detailOf(refused)).toBe(`Invalid profile IDs: ${UNKNOWN}, x`);
    expect(await api.members(`lists/${list}`)).toEqual([]);
  });

  it('are a thousand at most', async () => {
    await api.imported(undefined, { email: 'ann@example.com' });
    const ann = String((await api.profile('ann@example.com'))['id']);
    const ids = (count: number) => Array.from({ length: count }, () => ann);
    for (const method of ['POST', 'DELETE']) {
      expect((await write(method, ids(1000))).status).toBe(204);
      expect(refusals(await write(method, ids(1001)))).toEqual([400, ['invalid', '/data']]);
      expect(refusals(await write(method, []))).toEqual([400, ['invalid', '/data']]);
    }
    expect(refusals(await write('POST', [ann], 'NOPE01'))).toEqual([404, ['not_found', '/data/']]);
  });

  it('are resource identifiers', async () => {
    const path = `lists/${list}/relationships/profiles`;
    const refused = await api.call('POST', path, { data: [{ type: 'list', id: 'x' }, { type: 'profile' }, 'x'] });
    const at = (pointer: string) => ['invalid', pointer];
    expect(refusals(refused)).toEqual([400, at('/data/0/type'), at('/data/1/id'), at('/data/2')]);
    expect(refusals(await api.call('POST', path, { data: {} }))).toEqual([400, at('/data')]);
  });
});

describe('the members', () => {
  it('come twenty at a time unless more are asked for', async () => {
    await api.imported(list, ...people(120));
    expect(await emails({})).toHaveLength(20);
    expect(await emails({ 'page[size]': '100' })).toHaveLength(100);
    for (const path of [`lists/${list}/profiles`, `lists/${list}/relationships/profiles`, 'profiles']) {
      expect(refusals(await api.get(path, { 'page[size]': '101' }))).toEqual([400, ['invalid', 'page[size]']]);
    }
    const { body } = await api.get(`lists/${list}/relationships/profiles`, { 'page[size]': '100' });
    const { data, links } = body as { data: unknown[]; links: { next: string } };
    expect(data[0]).toEqual({ type: 'profile', id: expect.stringMatching(/^01[0-9A-HJKMNP-TV-Z]{24}$/) });
    const rest = await api.call('GET', links.next.split('/api/')[1] ?? '');
    expect(rest.body).toMatchObject({
      data: Array.from({ length: 20 }, () => ({ type: 'profile' })),
      links: { next: null },
    });
  });

  it('are found by e-mail address and phone number', async () => {
    await api.imported(list, { email: 'Ann@example.com', phone_number: '+14155552671' }, { email: 'a+b@example.com' });
    await api.imported(undefined, { email: 'outside@example.com' });
    expect(await emails({ filter: 'any(email,["ann@EXAMPLE.com","outside@example.com"])' })).toEqual([
      'Ann@example.com',
    ]);
    expect(await emails({ filter: 'any(phone_number,["+14155552671"])' })).toEqual(['Ann@example.com']);
    expect(await emails({ filter: 'equals(email,"a+b@example.com")' })).toEqual(['a+b@example.com']);
    expect(refusals(await api.get(`lists/${list}/profiles`, { filter: 'equals(external_id,"x")' }))[0]).toBe(400);
  });

  it('are not found by a plus sign that was not encoded', async () => {
    await api.imported(list, { email: 'ann@example.com', phone_number: '+14155552671' });
    const raw = await api.call('GET', `lists/${list}/profiles?filter=any(phone_number,["+14155552671"])`);
    expect([raw.status, raw.body]).toMatchObject([200, { data: [] }]);
  });

  it('are sorted and filtered by when they joined', async () => {
    await api.imported(list, { email: 'ann@example.com' });
    const between = new Date(api.sandbox.klaviyo.now()).toISOString();
    api.sandbox.klaviyo.advanceClock(60_000);
    await api.imported(list, { email: 'bob@example.com' });
    expect(await emails({ sort: '-joined_group_at' })).toEqual(['bob@example.com', 'ann@example.com']);
    expect(await emails({ filter: `greater-than(joined_group_at,${between})` })).toEqual(['bob@example.com']);
    expect(await emails({ filter: `less-or-equal(joined_group_at,${between})` })).toEqual(['ann@example.com']);
  });

  it('show when they joined, which joining again does not change', async () => {
    const joined = async () => {
      const { body } = await api.get(`lists/${list}/profiles`);
      return (body as { data: { attributes: object }[] }).data.map(({ attributes }) => attributes);
    };
    await api.imported(list, { email: 'ann@example.com' });
    const before = await joined();
    api.sandbox.klaviyo.advanceClock(3_600_000);
    await api.imported(list, { email: 'ann@example.com', first_name: 'Ann' });
    const [after] = await joined();
    const { joined_group_at, updated } = before[0] as Record<string, unknown>;
    expect(after).toMatchObject({ joined_group_at, first_name: 'Ann', email: 'ann@example.com', last_name: null });
    expect((after as Record<string, unknown>)['updated']).not.toBe(updated);
  });

  it('show the fields that are asked for', async () => {
    await api.imported(list, { email: 'ann@example.com', location: { zip: '02115', country: 'United States' } });
    const { body } = await api.get(`lists/${list}/profiles`, { 'fields[profile]': 'email,location.zip' });
    expect((body as { data: { attributes: object }[] }).data.map(({ attributes }) => attributes)).toEqual([
      { email: 'ann@example.com', location: { zip: '02115' } },
    ]);
  });
});
