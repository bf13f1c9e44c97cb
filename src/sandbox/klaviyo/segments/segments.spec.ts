import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, memberOf, refusals, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
let list: string;
beforeEach(async () => {
  api = await startKlaviyo({ segmentDelayMs: 600_000 });
  list = await api.list();
});
afterEach(() => api.sandbox.stop());

const MINUTE = 60_000;
const later = (minutes: number) => api.sandbox.klaviyo.advanceClock(minutes * MINUTE);
const attributes = async (id: string) => {
  const { body } = await api.get(`segments/${id}`, { 'additional-fields[segment]': 'profile_count' });
  return (body as { data: { attributes: Record<string, unknown> } }).data.attributes;
};
const property = (name: string, type: string, operator: string, value?: unknown) => ({
  type: 'profile-property',
  property: name,
  filter: { type, operator, ...(value === undefined ? {} : { value }) },
});

describe('a segment', () => {
  it('is answered with its definition, active and processing', async () => {
    const definition = { condition_groups: [{ conditions: [{ ...memberOf(list), timeframe_filter: null }] }] };
    const answer = await api.post('segments', 'segment', { name: 'VIP', definition, is_starred: false });
    const micro = expect.stringMatching(/\.\d{6}\+00:00$/);
    expect([answer.status, answer.body]).toMatchObject([
      201,
      {
        data: {
          type: 'segment',
          id: expect.stringMatching(/^[A-Za-z0-9]{6}$/),
          attributes: {
            name: 'VIP',
            definition,
            created: micro,
            is_active: true,
            is_processing: true,
            is_starred: false,
          },
        },
      },
    ]);
  });

  it('fills after a delay, and again after each change', async () => {
    const id = await api.segment([memberOf(list)]);
    await api.imported(list, { email: 'ann@example.com' });
    later(9);
    expect(await attributes(id)).toMatchObject({ is_processing: true, profile_count: 0 });
    later(2);
    expect(await attributes(id)).toMatchObject({ is_processing: false, profile_count: 1 });
    await api.imported(list, { email: 'bob@example.com' });
    later(9);
    expect(await attributes(id)).toMatchObject({ is_processing: false, profile_count: 1 });
    later(2);
    expect(await attributes(id)).toMatchObject({ is_processing: false, profile_count: 2 });
    expect(await api.members(`segments/${id}`)).toEqual(await api.members(`lists/${list}`));
  });

  it('is processed again when its definition changes', async () => {
    const other = await api.list('Other');
    const id = await api.segment([memberOf(list)]);
    await api.imported(other, { email: 'ann@example.com' });
    later(11);
    const definition = { condition_groups: [{ conditions: [memberOf(other)] }] };
    const changed = await api.patch(`segments/${id}`, 'segment', { definition });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { data: { attributes: { is_processing: true, definition } } },
    ]);
    later(11);
    expect(await attributes(id)).toMatchObject({ is_processing: false, profile_count: 1 });
  });

  it('is frozen while it is not active', async () => {
    const id = await api.segment([memberOf(list)]);
    await api.imported(list, { email: 'ann@example.com' });
    later(11);
    const both = await api.patch(`segments/${id}`, 'segment', { is_active: false, name: 'Old' });
    expect(refusals(both)).toEqual([400, ['invalid', '/data/attributes']]);
    expect((await api.patch(`segments/${id}`, 'segment', { is_active: false })).status).toBe(200);
    await api.imported(list, { email: 'bob@example.com' });
    later(60);
    expect(await attributes(id)).toMatchObject({ is_active: false, profile_count: 1 });
    await api.patch(`segments/${id}`, 'segment', { is_active: true });
    expect(await attributes(id)).toMatchObject({ is_active: true, is_processing: true });
    later(11);
    expect(await attributes(id)).toMatchObject({ is_active: true, is_processing: false, profile_count: 2 });
  });

  it('changes its name and star, is found by name and state, and goes', async () => {
    const id = await api.segment([memberOf(list)]);
    await api.patch(`segments/${id}`, 'segment', { name: 'VIP', is_starred: true });
    const found = async (filter: string) => {
      const { body } = await api.get('segments', { filter, 'fields[segment]': 'name' });
      return (body as { data: { attributes: object }[] }).data.map(({ attributes: shown }) => shown);
    };
    expect(await found('any(name,["VIP"]),equals(is_active,true),equals(is_starred,true)')).toEqual([{ name: 'VIP' }]);
    expect(await found('any(is_active,[false])')).toEqual([]);
    expect(refusals(await api.get('segments', { 'page[size]': '11' }))).toEqual([400, ['invalid', 'page[size]']]);
    const counted = await api.get('segments', { 'additional-fields[segment]': 'profile_count' });
    expect(refusals(counted)).toEqual([400, ['invalid', 'additional-fields[segment]']]);
    expect((await api.call('DELETE', `segments/${id}`)).status).toBe(204);
    const gone = await api.get(`segments/${id}`);
    expect([gone.status, detailOf(gone)]).toEqual([404, `A segment with id \`${id}\` does not exist.`]);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])('takes no members by %s', async (method) => {
    const id = await api.segment([memberOf(list)]);
    const answer = await api.call(method, `segments/${id}/relationships/profiles`, { data: [] });
    expect(refusals(answer)).toEqual([405, ['method_not_allowed', '/data/']]);
  });
});

describe('a definition', () => {
  const rows = [
    { email: 'ann@example.com', first_name: 'Ann', properties: { total: 40, plan: 'gold', tags: ['a', 1] } },
    {
      email: 'bob@example.com',
      location: { country: 'Ireland' },
      properties: { total: '40', plan: 'silver', on: true },
    },
    { email: 'cyd@example.com' },
  ];
  const total = "properties['total']";
  const plan = "properties['plan']";

  it.each([
    ['equal texts', [[property(plan, 'string', 'equals', 'gold')]], ['ann']],
    ['other texts', [[property(plan, 'string', 'not-equals', 'gold')]], ['bob', 'cyd']],
    ['parts of texts', [[property(plan, 'string', 'contains', 'il')]], ['bob']],
    ['beginnings', [[property('email', 'string', 'starts-with', 'an')]], ['ann']],
    ['patterns', [[property('email', 'string', 'regex', '^[bc]')]], ['bob', 'cyd']],
    ['one of several', [[property(plan, 'string', 'in', ['gold', 'silver'])]], ['ann', 'bob']],
    ['numbers, which texts are not', [[property(total, 'numeric', 'greater-than-or-equal', 40)]], ['ann']],
    ['other numbers', [[property(total, 'numeric', 'not-equals', 41)]], ['ann']],
    ['flags', [[property("properties['on']", 'boolean', 'equals', true)]], ['bob']],
    ['what is set', [[property('first_name', 'existence', 'is-set')]], ['ann']],
    ['what is not set', [[property("location['country']", 'existence', 'not-set')]], ['ann', 'cyd']],
    ['items', [[property("properties['tags']", 'list', 'contains', 1)]], ['ann']],
    [
      'one condition of a group',
      [[property(plan, 'string', 'equals', 'gold'), property(plan, 'string', 'equals', 'silver')]],
      ['ann', 'bob'],
    ],
    ['all groups', [[property(plan, 'existence', 'is-set')], [property(total, 'numeric', 'equals', 40)]], ['ann']],
  ])('finds %s', async (_, groups, found) => {
    await api.imported(list, ...rows);
    const id = await api.segment(...groups);
    later(11);
    const { body } = await api.get(`segments/${id}/profiles`, { 'fields[profile]': 'email' });
    const emails = (body as { data: { attributes: { email: string } }[] }).data.map(
      ({ attributes: { email } }) => email,
    );
    expect(emails).toEqual(found.map((name) => `${name}@example.com`));
  });

  it('finds who is in no group', async () => {
    const [, bob] = [await api.imported(list, ...rows), await api.list('Other')];
    await api.imported(bob, rows[1] ?? {});
    const id = await api.segment([memberOf(list)], [memberOf(bob, false)]);
    later(11);
    expect(await attributes(id)).toMatchObject({ profile_count: 2 });
  });

  const at = '/data/attributes/definition';
  const first = `${at}/condition_groups/0`;
  it.each([
    [{}, `${at}/condition_groups`],
    [{ condition_groups: [] }, `${at}/condition_groups`],
    [{ condition_groups: [{ conditions: [] }] }, `${first}/conditions`],
    [{ condition_groups: [{ conditions: [{ type: 'list' }] }] }, `${first}/conditions/0/type`],
    [{ condition_groups: [{ conditions: [memberOf('NOPE01')] }] }, `${first}/conditions/0/group_ids`],
    [
      { condition_groups: [{ conditions: [property('age', 'numeric', 'equals', 1)] }] },
      `${first}/conditions/0/property`,
    ],
    [
      { condition_groups: [{ conditions: [property(total, 'numeric', 'equals', '1')] }] },
      `${first}/conditions/0/filter`,
    ],
    [{ condition_groups: [{ conditions: [property(total, 'string', 'like', '1')] }] }, `${first}/conditions/0/filter`],
  ])('cannot be %j', async (definition, pointer) => {
    expect(refusals(await api.post('segments', 'segment', { name: 'x', definition }))).toEqual([
      400,
      ['invalid', pointer],
    ]);
  });

  it('has a time frame for members only, and none that is played', async () => {
    const conditions = [{ ...memberOf(list, false), timeframe_filter: null }];
    const answer = await api.post('segments', 'segment', {
      name: 'x',
      definition: { condition_groups: [{ conditions }] },
    });
    expect(refusals(answer)).toEqual([400, ['invalid', `${first}/conditions/0/timeframe_filter`]]);
  });
});
