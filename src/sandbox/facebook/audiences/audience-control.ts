import { asObject, SandboxInputError } from '../../sandbox-input.js';
import { type AudiencesFilter, type AudienceView } from '../../simulator.js';
import { type FacebookAudience, type UsingAd } from './audience.js';
import { statusOf } from './audience-status.js';
import { type AudienceStore } from './audience-store.js';
import { type SharingHandler } from './sharing.handler.js';

const DEFAULT_MEMBER_LIMIT = 100_000;

/** Changes audiences from the outside. */
export class AudienceControl {
  constructor(
    private readonly store: AudienceStore,
    private readonly sharing: SharingHandler,
  ) {}

  /**
   * Understands the flags `flagged`, `failReplace`, `deleted` and `sharesApproved`; the codes `operation` and `delivery`, which
   * are then reported until they are null; `deleteAt`, ms since 1970; and `ads`, those that use the audience:
   * `[{ id, name, campaign: { id, name }, excludes }]`.
   */
  patch(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    const audience = this.store.find(id);
    if (audience === undefined) return undefined;
    for (const [name, value] of Object.entries(patch)) {
      if (name === 'ads') audience.ads = adsOf(value);
      else if (name === 'operation' || name === 'delivery') report(audience, name, value);
      else if (name === 'deleteAt') audience.deleteAt = numberOf(name, value);
      else this.switch(audience, name, value);
    }
    return viewOf(audience, {});
  }

  private switch(audience: FacebookAudience, name: string, value: unknown): void {
    if (typeof value !== 'boolean') throw new SandboxInputError(`${name} must be a boolean`);
    if (name === 'flagged' || name === 'failReplace') audience[name] = value;
    else if (name === 'deleted' && value) this.store.delete(audience.id);
    else if (name === 'sharesApproved' && value) this.sharing.approve(audience);
    else throw new SandboxInputError(`an audience has no ${name} that could become ${value}`);
  }
}

/** An audience as the control calls show it. */
export function viewOf(audience: FacebookAudience, { members, offset, limit }: AudiencesFilter): AudienceView {
  const status = statusOf(audience);
  return {
    id: audience.id,
    name: audience.name,
    account: audience.accountId,
    memberCount: audience.members.size,
    rowsReceived: audience.members.rowsReceived,
    details: {
      subtype: audience.subtype,
      description: audience.description ?? null,
      customerFileSource: audience.customerFileSource ?? null,
      valueBased: audience.isValueBased,
      dataSource: audience.dataSource ?? null,
      matched: audience.members.matched,
      operationStatus: status.operation.code,
      deliveryStatus: status.delivery.code,
      flagged: audience.flagged,
      ...(audience.rule === undefined ? {} : { rule: JSON.parse(audience.rule.text) as unknown }),
    },
    ...(members === true ? { members: audience.members.list(offset ?? 0, limit ?? DEFAULT_MEMBER_LIMIT) } : {}),
  };
}

function report(audience: FacebookAudience, name: 'operation' | 'delivery', value: unknown): void {
  if (value === null) delete audience.reported[name];
  else audience.reported[name] = numberOf(name, value);
}

function numberOf(name: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value)) throw new SandboxInputError(`${name} must be an integer`);
  return value;
}

function adsOf(value: unknown): UsingAd[] {
  if (!Array.isArray(value)) throw new SandboxInputError('ads must be an array');
  return value.map((item) => {
    const { id, name, campaign, excludes } = asObject(item, 'an ad');
    const { id: campaignId, name: campaignName } = asObject(campaign, 'a campaign');
    const texts = [id, name, campaignId, campaignName];
    if (texts.some((text) => typeof text !== 'string')) {
      throw new SandboxInputError('an ad and its campaign have an id and a name, texts');
    }
    return {
      id: String(id),
      name: String(name),
      campaign: { id: String(campaignId), name: String(campaignName) },
      excludes: excludes === true,
    };
  });
}
