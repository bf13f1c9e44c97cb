import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { ADVERTISER, people, SpecTikTokClient, verdict } from '../spec-tiktok-client.js';

const PROCESSING_MS = 60_000;

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    tiktok: { matchRate: 1, minimumSize: 100, processingMs: PROCESSING_MS, generalRate: { perSecond: 1000 } },
  });
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

/** A segment of so many people, counted already. */
async function source(count: number): Promise<string> {
  const id = await tiktok.segment();
  await tiktok.map(
    id,
    people(count).map((digest) => [digest]),
  );
  sandbox.tiktok.advanceClock(PROCESSING_MS);
  return id;
}

const lookalike = (id: string, values: object = {}) =>
  tiktok.post('/dmp/custom_audience/lookalike/create/', {
    advertiser_id: ADVERTISER,
    custom_audience_name: 'LAL US',
    lookalike_spec: {
      source_audience_id: id,
      include_source: false,
      mobile_os: 'ALL',
      placements: ['TikTok'],
      location_ids: ['US'],
      audience_size: 'NARROW',
      ...values,
    },
  });

describe('a lookalike', () => {
  it('has its people after the processing, and tells what it is made of', async () => {
    const seed = await source(100);
    const { body } = await lookalike(seed);
    const id = String(body.data['custom_audience_id']);
    expect((await tiktok.details(id)).audience_details).toMatchObject({
      type: 'Lookalike Audience',
      cover_num: 0,
      is_valid: false,
      lookalike_spec: { source_audience_id: seed, audience_size: 'NARROW' },
    });
    sandbox.tiktok.advanceClock(PROCESSING_MS);
    expect((await tiktok.details(id)).audience_details).toMatchObject({ cover_num: 100_000, is_valid: true });
    expect(verdict(await lookalike(id))).toEqual([200, 40002]);
  });

  it('cannot be deleted while ad groups use it', async () => {
    const { body } = await lookalike(await source(100));
    const id = String(body.data['custom_audience_id']);
    const adGroups = [{ adgroup_id: '170', adgroup_name: 'Spring', usage_mode: 'Include' }];
    sandbox.tiktok.patchAudience(id, { adGroups });
    const deletion = () =>
      tiktok.post('/dmp/custom_audience/delete/', { advertiser_id: ADVERTISER, custom_audience_ids: [id] });
    expect(verdict(await deletion())).toEqual([200, 40002]);
    sandbox.tiktok.patchAudience(id, { adGroups: [] });
    expect(verdict(await deletion())).toEqual([200, 0]);
  });

  it.each<[string, object]>([
    ['a size of its own', { audience_size: '5' }],
    ['placements of ads', { placements: ['PLACEMENT_TIKTOK'] }],
    ['no places', { location_ids: [] }],
    ['a field missing', { mobile_os: undefined }],
    ['a word for a flag', { include_source: 'false' }],
  ])('with %s is refused', async (_, values) => {
    expect(verdict(await lookalike(await source(100), values))).toEqual([200, 40002]);
  });

  it('of too few people, or of nothing, is refused', async () => {
    expect(verdict(await lookalike(await source(99)))).toEqual([200, 40002]);
    expect(verdict(await lookalike('1'))).toEqual([200, 40007]);
  });
});

const filter = (value: string, more: object = {}) => ({ field: 'EVENT', operator: 'EQ', value, ...more });
const rule = (filters: object[], more: object = {}) => ({
  event_source_ids: ['7000'],
  retention_days: 30,
  filter_set: { operator: 'OR', filters },
  ...more,
});
const ruleAudience = (type: string, rules: object[]) =>
  tiktok.post('/dmp/custom_audience/rule/create/', {
    advertiser_id: ADVERTISER,
    custom_audience_name: 'Visitors',
    audience_type: type,
    rule_spec: { inclusion_rule_set: { operator: 'OR', rules } },
  });

describe('an audience of rules', () => {
  it('fills itself', async () => {
    const url = { parameter_filters: [{ field: 'URL', operator: 'CONTAINS', values: ['/shoes'] }] };
    const { body } = await ruleAudience('PIXEL', [rule([filter('PAGE BROWSE', url)])]);
    sandbox.tiktok.advanceClock(PROCESSING_MS);
    const { audience_details: details } = await tiktok.details(String(body.data['custom_audience_id']));
    expect(details).toMatchObject({ type: 'Website Audience', cover_num: 5_000, is_valid: true });
    expect(details['rule']).toContain('/shoes');
  });

  it.each<[string, string, object[]]>([
    ['of an unknown type', 'VISITORS', [rule([filter('PAGE BROWSE')])]],
    ['without rules', 'PIXEL', []],
    ['of six rules', 'PIXEL', Array.from({ length: 6 }, () => rule([filter('PAGE BROWSE')]))],
    ['of two filters in a rule', 'PIXEL', [rule([filter('PAGE BROWSE'), filter('CONTACT')])]],
    ['of another place’s event', 'PIXEL', [rule([filter('LAUNCH APP')])]],
    ['of days that are not offered', 'PIXEL', [rule([filter('PAGE BROWSE')], { retention_days: 31 })]],
    ['without its pixel', 'PIXEL', [rule([filter('PAGE BROWSE')], { event_source_ids: undefined })]],
    ['of chosen lead forms', 'LEAD_GENERATION', [rule([filter('FORM VIEW')])]],
    [
      'of the beginning of an address',
      'PIXEL',
      [
        rule([
          filter('PAGE BROWSE', { parameter_filters: [{ field: 'URL', operator: 'STARTS_WITH', values: ['/a'] }] }),
        ]),
      ],
    ],
    [
      'of an address in an app',
      'APP',
      [rule([filter('LAUNCH APP', { parameter_filters: [{ field: 'URL', operator: 'CONTAINS', values: ['/a'] }] })])],
    ],
  ])('%s is refused', async (_, type, rules) => {
    expect(verdict(await ruleAudience(type, rules))).toEqual([200, 40002]);
  });
});
