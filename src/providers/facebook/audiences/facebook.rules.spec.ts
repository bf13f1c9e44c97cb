import { describe, expect, it } from '@jest/globals';
import type { RuleAudienceRequest, WebsiteRule } from '../../contract/audience-manager.js';
import { ruleParameters } from './facebook.rules.js';

const web = (websiteRules?: readonly WebsiteRule[]): RuleAudienceRequest => {
  return { name: 'A', type: 'website-traffic', retentionDays: 30, pixel: '814', websiteRules };
};
const fans = (values: Partial<RuleAudienceRequest>): RuleAudienceRequest => {
  return { name: 'A', type: 'engagement', retentionDays: 90, engagementSources: ['31', '32'], ...values };
};

const event = (value: string) => ({ field: 'event', operator: 'eq', value });

function rulesOf(request: RuleAudienceRequest): unknown {
  const { rule } = ruleParameters(request);
  return (JSON.parse(String(rule)) as { inclusions: unknown }).inclusions;
}

function ruleOf(id: string, type: string, days: number, filters: readonly object[], operator = 'and'): object {
  return { event_sources: [{ id, type }], retention_seconds: days * 86_400, filter: { operator, filters } };
}

describe('ruleParameters', () => {
  it('asks for everybody who came to the site', () => {
    const anybody = [{ field: 'url', operator: 'i_contains', value: '' }];
    expect(rulesOf(web())).toEqual({ operator: 'or', rules: [ruleOf('814', 'pixel', 30, anybody)] });
    expect(ruleParameters(web())).toEqual({ rule: expect.any(String), retention_days: 30, prefill: true });
  });

  it('asks for those who meet one of the rules of a site', () => {
    const rules = rulesOf(
      web([
        { event: 'Purchase', url: { operator: 'contains', value: '/shoes' } },
        { url: { operator: 'equals', value: 'https://example.com/' } },
        { url: { operator: 'starts-with', value: 'https://example.com/a' } },
      ]),
    );
    expect(rules).toEqual({
      operator: 'or',
      rules: [
        ruleOf('814', 'pixel', 30, [event('Purchase'), { field: 'url', operator: 'i_contains', value: '/shoes' }]),
        ruleOf('814', 'pixel', 30, [{ field: 'url', operator: 'eq', value: 'https://example.com/' }]),
        ruleOf('814', 'pixel', 30, [{ field: 'url', operator: 'starts_with', value: 'https://example.com/a' }]),
      ],
    });
  });

  it('asks for those who caused one of the events of an app', () => {
    const app = (...events: string[]): RuleAudienceRequest => {
      return { name: 'A', type: 'app-activity', retentionDays: 14, appEvents: { appId: '9', events } };
    };
    expect(rulesOf(app('fb_mobile_purchase', 'level'))).toEqual({
      operator: 'or',
      rules: [ruleOf('9', 'app', 14, [event('fb_mobile_purchase'), event('level')], 'or')],
    });
    expect(rulesOf(app())).toMatchObject({ rules: [{ filter: { filters: [event('fb_mobile_activate_app')] } }] });
  });

  it('asks for those who did something offline', () => {
    const shop = (websiteRules?: readonly WebsiteRule[]): RuleAudienceRequest => {
      return { name: 'A', type: 'offline-activity', retentionDays: 90, pixel: '5', websiteRules };
    };
    expect(rulesOf(shop([{ event: 'Purchase' }]))).toEqual({
      operator: 'or',
      rules: [ruleOf('5', 'offline_events', 90, [event('Purchase')], 'or')],
    });
    expect(rulesOf(shop())).toMatchObject({
      rules: [{ filter: { operator: 'or', filters: expect.arrayContaining([event('Lead'), event('Purchase')]) } }],
    });
    expect(() => ruleParameters(shop([{ url: { operator: 'contains', value: 'x' } }]))).toThrow('websiteRules: ');
  });

  it.each([
    ['facebook-page', 'page', 'page_engaged'],
    ['instagram-account', 'ig_business', 'ig_business_profile_all'],
    ['lead-form', 'lead', 'lead_generation_opened'],
    ['instant-experience', 'canvas', 'instant_shopping_document_open'],
  ] as const)('asks for those who engaged with a %s', (engagementType, type, name) => {
    const request = fans({ engagementType });
    expect(rulesOf(request)).toEqual({
      operator: 'or',
      rules: [
        {
          event_sources: [
            { id: '31', type },
            { id: '32', type },
          ],
          retention_seconds: 7_776_000,
          filter: { operator: 'and', filters: [event(name)] },
        },
      ],
    });
    expect(ruleParameters(request)).toEqual({ rule: expect.any(String), prefill: true });
  });

  it('asks for those who watched a video in its own form', () => {
    const { rule, ...rest } = ruleParameters(fans({ engagementType: 'video' }));
    expect(rest).toEqual({ subtype: 'ENGAGEMENT', retention_days: 90, prefill: true });
    expect(JSON.parse(String(rule))).toEqual([
      { event_name: 'video_watched', object_id: '31' },
      { event_name: 'video_watched', object_id: '32' },
    ]);
  });

  it.each<[string, RuleAudienceRequest]>([
    ['pixel', { ...web(), pixel: undefined }],
    ['websiteRules', web(Array.from({ length: 11 }, () => ({ event: 'Purchase' })))],
    ['appEvents', { name: 'A', type: 'app-activity', retentionDays: 1 }],
    ['engagementType', fans({})],
    ['engagementSources', fans({ engagementType: 'video', engagementSources: [] })],
    ['engagementSources', fans({ engagementType: 'video', engagementSources: Array.from({ length: 201 }, () => '1') })],
    ['retentionDays', fans({ engagementType: 'lead-form', retentionDays: 91 })],
  ])('names %s where it is what Meta cannot take', (field, request) => {
    expect(() => ruleParameters(request)).toThrow(`Facebook: ${field}: `);
  });
});
