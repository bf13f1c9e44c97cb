import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { people, refusal, SpecGraphClient } from '../spec-graph-client.js';

const VISIT = {
  event_sources: [{ id: '814', type: 'pixel' }],
  retention_seconds: 2_592_000,
  filter: { operator: 'and', filters: [{ field: 'url', operator: 'i_contains', value: 'shoes' }] },
};

let sandbox: Sandbox;
let graph: SpecGraphClient;

beforeEach(async () => {
  sandbox = await startSandbox({ facebook: { populationDelayMs: 60_000, rulePeople: 2_000 } });
  graph = new SpecGraphClient(sandbox);
});
afterEach(() => sandbox.stop());

function create(rule: unknown, values: object = {}) {
  return graph.call('POST', 'act_1/customaudiences', { name: 'Visitors', rule: JSON.stringify(rule), ...values });
}
const one = (change: object) => ({ inclusions: { operator: 'or', rules: [{ ...VISIT, ...change }] } });

describe('audiences by rules', () => {
  it('fill themselves', async () => {
    const { body } = await create(one({}), { prefill: true });
    sandbox.facebook.advanceClock(60_000);
    const fields = 'subtype,retention_days,delivery_status,approximate_count_upper_bound,time_content_updated';
    expect((await graph.call('GET', `${body['id'] as string}?fields=${fields}`)).body).toEqual({
      id: body['id'],
      subtype: 'WEBSITE',
      retention_days: 30,
      delivery_status: { code: 200, description: 'This audience is ready for use.' },
      approximate_count_upper_bound: 2_200,
    });
    expect(refusal(await graph.add(body['id'] as string, ['EMAIL'], people(1)))).toEqual([400, 2650, undefined]);
  });

  it.each([
    ['no filter', one({ filter: undefined })],
    ['no retention', one({ retention_seconds: 0 })],
    ['more days than a pixel has', one({ retention_seconds: 181 * 86_400 })],
    ['an unknown source', one({ event_sources: [{ id: '1', type: 'shop' }] })],
    ['an id that is none', one({ event_sources: [{ id: 'x', type: 'pixel' }] })],
    ['two kinds of sources', one({ event_sources: [...VISIT.event_sources, { id: '1', type: 'app' }] })],
    ['an event that is not equal', one({ filter: filterOf('event', 'i_contains', 'Purchase') })],
    ['an unknown comparison', one({ filter: filterOf('url', 'like', 'x') })],
    [
      'an event of another source',
      one({ event_sources: [{ id: '1', type: 'lead' }], filter: filterOf('event', 'eq', 'x') }),
    ],
    ['eleven rules', { inclusions: { operator: 'or', rules: Array.from({ length: 11 }, () => VISIT) } }],
    ['no inclusions', {}],
    ['text', 'all'],
  ])('are refused with %s', async (_, rule) => {
    expect(refusal(await create(rule))).toEqual([400, 100, 1713098]);
  });

  it('take no subtype, except those of videos', async () => {
    expect(refusal(await create(one({}), { subtype: 'WEBSITE' }))).toEqual([400, 100, undefined]);
    const video = { event_name: 'video_watched', object_id: '5' };
    expect((await create([video], { subtype: 'ENGAGEMENT', retention_days: 90 })).status).toBe(200);
    expect(refusal(await create([video]))).toEqual([400, 100, undefined]);
    expect(refusal(await create([{ ...video, event_name: 'seen' }], { subtype: 'ENGAGEMENT' }))).toEqual([
      400,
      2654,
      undefined,
    ]);
    const many = Array.from({ length: 201 }, () => video);
    expect(refusal(await create(many, { subtype: 'ENGAGEMENT' }))).toEqual([400, 2654, 1870231]);
  });
});

describe('the ads of an audience', () => {
  it('are those that a control call gives it', async () => {
    const id = await graph.audience();
    const ad = { id: '7', name: 'Ad', campaign: { id: '6', name: 'Autumn' }, excludes: true };
    sandbox.facebook.patchAudience(id, { ads: [ad, { ...ad, id: '8', excludes: false }] });
    const fields = 'name,campaign{id,name},adset{targeting{excluded_custom_audiences}}';
    const { body } = await graph.call('GET', `${id}/ads?limit=1&fields=${encodeURIComponent(fields)}`);
    expect(body).toMatchObject({
      data: [
        {
          id: '7',
          name: 'Ad',
          campaign: { id: '6', name: 'Autumn' },
          adset: { id: '71', targeting: { excluded_custom_audiences: [{ id, name: 'Buyers' }] } },
        },
      ],
      paging: { cursors: { after: '1' } },
    });
    const rest = await graph.call('GET', `${id}/ads?after=1&fields=adset{targeting{excluded_custom_audiences}}`);
    expect(rest.body).toEqual({
      data: [{ id: '8', adset: { id: '81' } }],
      paging: { cursors: { before: '1', after: '2' } },
    });
    expect(refusal(await graph.call('GET', `${id}/ads?fields=budget`))).toEqual([400, 100, undefined]);
  });

  it('and its codes are checked', async () => {
    const id = await graph.audience();
    for (const patch of [{ ads: 'all' }, { ads: [{ id: 7 }] }, { operation: '411' }, { flagged: 1 }, { other: true }]) {
      expect(() => sandbox.facebook.patchAudience(id, patch)).toThrow();
    }
    expect(sandbox.facebook.patchAudience(id, { operation: 411 })?.details['operationStatus']).toBe(411);
    expect(sandbox.facebook.patchAudience(id, { operation: null })?.details['operationStatus']).toBe(410);
  });
});

function filterOf(field: string, operator: string, value: string) {
  return { operator: 'and', filters: [{ field, operator, value }] };
}
