import { type GraphCall, type Parameters } from '../graph-call.js';
import { GraphError, integrityBlock, invalidParameter } from '../graph-error.js';
import { type NewAudience } from './audience.js';
import { checkFields, renderAudience } from './audience-fields.js';
import { type AudienceStore } from './audience-store.js';
import { readAudienceRule } from './audience-rule.js';
import { readLookalike } from './lookalike-request.js';

/** https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/ad-account/customaudiences */
const SUBTYPES = [
  'APP',
  'BAG_OF_ACCOUNTS',
  'BIDDING',
  'CLAIM',
  'CUSTOM',
  'ENGAGEMENT',
  'EXCLUSION',
  'FOX',
  'LOOKALIKE',
  'MANAGED',
  'MEASUREMENT',
  'MESSENGER_SUBSCRIBER_LIST',
  'OFFLINE_CONVERSION',
  'PARTNER',
  'PRIMARY',
  'REGULATED_CATEGORIES_AUDIENCE',
  'STUDY_RULE_AUDIENCE',
  'SUBSCRIBER_SEGMENT',
  'VIDEO',
  'WEBSITE',
];
const FILE_SOURCES = ['USER_PROVIDED_ONLY', 'PARTNER_PROVIDED_ONLY', 'BOTH_USER_AND_PARTNER_PROVIDED'];
const MAX_RETENTION_DAYS = 180;

/**
 * The life of an audience.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export class AudiencesHandler {
  constructor(private readonly store: AudienceStore) {}

  /** Names need not be unique: creating twice makes two audiences. */
  create(call: GraphCall): object {
    this.store.requireAccount(call);
    const { parameters } = call;
    const name = parameters.text('name');
    if (name === undefined || name === '') throw invalidParameter('The parameter name is required');
    const rules = parameters.has('rule') ? readAudienceRule(parameters, this.store.settings.rulePeople) : undefined;
    const subtype = rules?.subtype ?? parameters.oneOf('subtype', SUBTYPES);
    if (subtype === undefined) throw invalidParameter('The parameter subtype is required');
    const values: NewAudience = {
      accountId: call.id,
      name,
      subtype,
      isValueBased: parameters.flag('is_value_based') ?? false,
      retentionDays: retentionDays(parameters) || (rules?.retentionDays ?? 0),
      ...(rules === undefined ? {} : { rule: rules.rule }),
      ...descriptions(parameters),
      ...this.particulars(call, subtype),
    };
    this.checkCap(call.id, subtype);
    return { id: this.store.create(values).id };
  }

  read(call: GraphCall): object {
    const fields = call.parameters.list('fields');
    const audience = this.store.visible(call);
    checkFields(fields);
    return renderAudience(audience, this.store, fields);
  }

  /** Changes what may be changed; value-based, subtype and account are for good. */
  update(call: GraphCall): object {
    const audience = this.store.editable(call);
    const { parameters } = call;
    if (audience.flagged) throw integrityBlock(1713228);
    const valueBased = parameters.flag('is_value_based');
    if (valueBased !== undefined && valueBased !== audience.isValueBased) {
      throw invalidParameter('Param is_value_based cannot be changed');
    }
    const subtype = parameters.oneOf('subtype', SUBTYPES);
    if (subtype !== undefined && subtype !== audience.subtype) {
      throw invalidParameter('Param subtype cannot be changed');
    }
    const name = parameters.text('name');
    if (name === '') throw invalidParameter('Param name must not be empty');
    const source = fileSource(parameters);
    Object.assign(audience, descriptions(parameters), name === undefined ? {} : { name });
    if (source !== undefined) audience.customerFileSource = source;
    audience.updatedAt = this.store.now();
    return { success: true };
  }

  /** For good. Refused while lookalikes derive from it. */
  delete(call: GraphCall): object {
    const audience = this.store.editable(call);
    if (this.store.lookalikesOf(audience.id).length > 0) {
      throw new GraphError(2656, '(#2656) Failed to delete custom audience: lookalike audiences still derive from it');
    }
    this.store.delete(audience.id);
    return { success: true };
  }

  private particulars(call: GraphCall, subtype: string): Partial<NewAudience> {
    if (subtype === 'LOOKALIKE') {
      return { lookalike: readLookalike(call.parameters, call.id, this.store) };
    }
    const source = fileSource(call.parameters);
    if (source === undefined) {
      if (subtype === 'CUSTOM') throw invalidParameter('Missing parameter(s): customer_file_source');
      return {};
    }
    return { customerFileSource: source };
  }

  private checkCap(account: string, subtype: string): void {
    const lookalike = subtype === 'LOOKALIKE';
    const same = this.store
      .all()
      .filter((one) => one.accountId === account && lookalike === (one.lookalike !== undefined));
    if (same.length >= this.store.settings.audiencesPerAccount) {
      throw new GraphError(2654, '(#2654) Failed to create custom audience: too many audiences in this ad account');
    }
  }
}

function fileSource(parameters: Parameters): string | undefined {
  return parameters.oneOf('customer_file_source', FILE_SOURCES);
}

function retentionDays(parameters: Parameters): number {
  const days = parameters.integer('retention_days') ?? 0;
  if (days < 0 || days > MAX_RETENTION_DAYS) throw invalidParameter('Param retention_days must be from 1 to 180');
  return days;
}

function descriptions(parameters: Parameters): Pick<NewAudience, 'description' | 'optOutLink'> {
  const description = parameters.text('description');
  const optOutLink = parameters.text('opt_out_link');
  return { ...(description === undefined ? {} : { description }), ...(optOutLink === undefined ? {} : { optOutLink }) };
}
