import { contentChanged, noteHistory } from '../audiences/audience-progress.js';
import { type AudienceStore } from '../audiences/audience-store.js';
import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { checkRuleSpec, RULE_TYPES } from './rule-spec.js';

const MAX_NAME_LENGTH = 128;
const MAX_RETENTION_DAYS = 365;
/** People that are found here, whatever the rules. */
const FOUND = 5_000;

/**
 * Audiences that fill themselves: `/dmp/custom_audience/rule/create/`. Not played: those of organic and live videos, business
 * accounts and shops.
 * https://business-api.tiktok.com/portal/docs?id=1739940509849601
 */
export class RuleAudienceHandler {
  constructor(private readonly store: AudienceStore) {}

  create({ fields, token }: TikTokCall): TikTokAnswer {
    const advertiserId = fields.advertiserId();
    fields.require('custom_audience_name', 'audience_type', 'rule_spec');
    const name = fields.name('custom_audience_name', MAX_NAME_LENGTH) ?? '';
    const kind = fields.oneOf('audience_type', RULE_TYPES) ?? 'PIXEL';
    const subType = fields.oneOf('audience_sub_type', ['NORMAL', 'REACH_FREQUENCY'] as const) ?? 'NORMAL';
    const retentionDays = fields.integer('retention_in_days', 1, MAX_RETENTION_DAYS);
    fields.flag('is_auto_refresh');
    const { type, rule } = checkRuleSpec(fields.object('rule_spec'), kind);
    this.store.gate.requireAdvertiser(token, advertiserId);
    const audience = this.store.create({
      advertiserId,
      type,
      calculateType: '',
      name,
      subType,
      rule,
      findsPeople: FOUND,
      ...(retentionDays === undefined ? {} : { retentionDays }),
    });
    noteHistory(audience, 'create', this.store.now());
    contentChanged(audience, this.store.now());
    return { data: { custom_audience_id: audience.id } };
  }
}
