import type { LookalikeRequest, ManagementContext, RuleAudienceRequest } from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import type { TikTokApi, TikTokCall } from '../tiktok.api.js';
import { notUnderstood } from '../tiktok.errors.js';
import { audienceDetails, audienceNamed, idOf, LONGEST_NAME, remoteName } from '../tiktok.lookup.js';
import { tiktokRules } from './tiktok.rules.js';

const LOOKALIKE_TYPES = ['Lookalike Audience'] as const;

const SIZES = { narrow: 'NARROW', balanced: 'BALANCED', broad: 'BROAD' } as const;

/**
 * Makes audiences that TikTok fills. Names are not unique there: they are looked up first, so that a call whose answer was lost
 * makes no second audience. There is no place for a description.
 */
export class TikTokCreation {
  constructor(
    private readonly advertiserId: string,
    private readonly api: TikTokApi,
  ) {}

  /** @throws RequestRejectedError also where the name is that of a lookalike of another audience */
  async lookalike(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    if (request.ratio !== undefined) {
      throw new RequestRejectedError('TikTok: ratio cannot be chosen; there is reach: narrow, balanced or broad');
    }
    if (request.people !== undefined) {
      throw new RequestRejectedError('TikTok: people cannot be chosen; there is reach: narrow, balanced or broad');
    }
    const name = remoteName(request.name, LONGEST_NAME);
    const known = await this.known(name, LOOKALIKE_TYPES, ctx);
    if (known !== undefined) {
      return this.requireSeed(known, seed, ctx);
    }
    const spec = {
      source_audience_id: seed,
      include_source: false,
      mobile_os: 'ALL',
      placements: ['TikTok'],
      location_ids: [...request.countries, ...(request.locations ?? [])],
      audience_size: SIZES[request.reach],
    };
    return this.create('/dmp/custom_audience/lookalike/create/', 'audience', name, { lookalike_spec: spec }, ctx);
  }

  async fromRules(request: RuleAudienceRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    const { listedTypes, audienceType, ruleSpec } = tiktokRules(request);
    const name = remoteName(request.name, LONGEST_NAME);
    const known = await this.known(name, listedTypes, ctx);
    if (known !== undefined) {
      return { id: known };
    }
    const fields = { audience_type: audienceType, is_auto_refresh: true, rule_spec: ruleSpec };
    return this.create('/dmp/custom_audience/rule/create/', 'account', name, fields, ctx);
  }

  private async known(name: string, types: readonly string[], ctx: ManagementContext): Promise<string | undefined> {
    return (await audienceNamed(name, types, this.advertiserId, this.api, ctx))?.id;
  }

  private async requireSeed(id: string, seed: string, ctx: ManagementContext): Promise<RemoteAudience> {
    const found = await audienceDetails(id, this.advertiserId, this.api, ctx);
    if (found?.seed !== undefined && found.seed !== seed) {
      throw new RequestRejectedError(
        'TikTok: the name is that of a lookalike of another audience; choose another name',
      );
    }
    return { id };
  }

  private async create(
    path: TikTokCall['path'],
    target: TikTokCall['target'],
    name: string,
    fields: object,
    ctx: ManagementContext,
  ): Promise<RemoteAudience> {
    const body = { advertiser_id: this.advertiserId, custom_audience_name: name, ...fields };
    const { data } = await this.api.call({ method: 'POST', path, target, body }, ctx);
    const id = idOf(data['custom_audience_id']);
    if (id === undefined) {
      throw notUnderstood('no id of the new audience');
    }
    return { id };
  }
}
