import { describe, expect, it } from '@jest/globals';
import type { RuleAudienceRequest } from '../../contract/audience-manager.js';
import { tiktokRules } from './tiktok.rules.js';

const website: RuleAudienceRequest = { name: 'Visitors', type: 'website-traffic', retentionDays: 30, pixel: '7001' };
const app: RuleAudienceRequest = {
  name: 'Players',
  type: 'app-activity',
  retentionDays: 7,
  appEvents: { appId: '7002', events: [] },
};
const offline: RuleAudienceRequest = { name: 'Guests', type: 'offline-activity', retentionDays: 180, pixel: '7003' };
const engagement: RuleAudienceRequest = { name: 'Watchers', type: 'engagement', retentionDays: 90 };

const rule = (value: string, days: number, sources?: readonly string[], more: object = {}) => ({
  ...(sources && { event_source_ids: sources }),
  retention_days: days,
  filter_set: { operator: 'OR', filters: [{ field: 'EVENT', operator: 'EQ', value, ...more }] },
});
const url = (operator: string, value: string) => ({
  parameter_filters: [{ field: 'URL', operator, values: [value] }],
});

describe('rules in TikTok’s form', () => {
  it.each<[string, RuleAudienceRequest, string, object[]]>([
    ['any visit', website, 'PIXEL', [rule('PAGE BROWSE', 30, ['7001'])]],
    [
      'visits and purchases at some addresses',
      {
        ...website,
        websiteRules: [
          { url: { operator: 'contains', value: '/shoes' } },
          { event: 'Purchase', url: { operator: 'equals', value: 'https://shop.example/thanks' } },
          { event: 'PIXEL ADD TO CART' },
        ],
      },
      'PIXEL',
      [
        rule('PAGE BROWSE', 30, ['7001'], url('CONTAINS', '/shoes')),
        rule('COMPLETE PAYMENT', 30, ['7001'], url('EQ', 'https://shop.example/thanks')),
        rule('PIXEL ADD TO CART', 30, ['7001']),
      ],
    ],
    ['any use of an app', app, 'APP', [rule('LAUNCH APP', 7, ['7002'])]],
    [
      'events of an app',
      { ...app, appEvents: { appId: '7002', events: ['AddToCart', 'Purchase'] } },
      'APP',
      [rule('APP ADD TO CART', 7, ['7002']), rule('PURCHASE', 7, ['7002'])],
    ],
    ['purchases in shops', offline, 'OFFLINE', [rule('OFFLINE COMPLETE PAYMENT', 180, ['7003'])]],
    [
      'other events in shops',
      { ...offline, websiteRules: [{ event: 'Contact' }] },
      'OFFLINE',
      [rule('OFFLINE CONTACT', 180, ['7003'])],
    ],
    ['all videos', { ...engagement, engagementType: 'video' }, 'ENGAGEMENT', [rule('PLAY 2S', 90)]],
    [
      'videos of ad groups',
      { ...engagement, engagementType: 'video', engagementSources: ['170', '171'] },
      'ENGAGEMENT',
      [rule('PLAY 2S', 90, ['170', '171'])],
    ],
    [
      'lead forms',
      { ...engagement, engagementType: 'lead-form' },
      'LEAD_GENERATION',
      [rule('LEAD GENERATION FORM SUBMISSION', 90)],
    ],
  ])('for %s', (_, request, audienceType, rules) => {
    expect(tiktokRules(request)).toMatchObject({
      audienceType,
      ruleSpec: { inclusion_rule_set: { operator: 'OR', rules } },
    });
  });

  it.each<[string, RuleAudienceRequest]>([
    ['retentionDays', { ...website, retentionDays: 31 }],
    ['pixel', { ...website, pixel: undefined }],
    ['pixel', { ...offline, pixel: '' }],
    ['appEvents.appId', { ...app, appEvents: undefined }],
    ['event must be', { ...website, websiteRules: [{ event: 'toString' }] }],
    ['event must be', { ...app, appEvents: { appId: '7002', events: ['PageView'] } }],
    ['url.operator', { ...website, websiteRules: [{ url: { operator: 'starts-with', value: '/' } }] }],
    ['url.value', { ...website, websiteRules: [{ url: { operator: 'contains', value: 'x'.repeat(101) } }] }],
    ['websiteRules.url', { ...offline, websiteRules: [{ url: { operator: 'contains', value: '/' } }] }],
    ['at most 5', { ...website, websiteRules: Array.from({ length: 6 }, () => ({})) }],
    ['engagementSources', { ...engagement, engagementType: 'lead-form', engagementSources: ['1'] }],
    ['engagementType instagram-account', { ...engagement, engagementType: 'instagram-account' }],
    ['engagementType facebook-page', { ...engagement, engagementType: 'facebook-page' }],
    ['engagementType instant-experience', { ...engagement, engagementType: 'instant-experience' }],
    ['engagementType (none)', engagement],
  ])('name %s where TikTok has no form for it', (field, request) => {
    expect(() => tiktokRules(request)).toThrow(field);
  });
});
