import type {
  AudienceChange,
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  AudienceUses,
  LookalikeRequest,
  ManagementContext,
  RuleAudienceRequest,
  ShareOutcome,
  ShareRequest,
} from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import { AudienceMissingError, CredentialsRejectedError } from '../../contract/provider-errors.js';
import { integerOf, isRecord } from '../../kit/answer-values.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import type { FacebookTag } from '../facebook.config.js';
import { cannotExpress, notUnderstood } from '../facebook.errors.js';
import { FacebookGraph, type GraphAnswer, type GraphOptions } from '../facebook.graph.js';
import type { FacebookRow } from '../facebook.normaliser.js';
import { removalBody } from '../facebook.users-body.js';
import { isLookalikeOf, lookalikeSpec } from './facebook.lookalikes.js';
import { audiencesNamed, byAge, type ListedAudience } from './facebook.lookup.js';
import { ruleParameters } from './facebook.rules.js';
import { FacebookShares } from './facebook.shares.js';
import { facebookSnapshot, SNAPSHOT_FIELDS } from './facebook.snapshot.js';
import { facebookUses } from './facebook.uses.js';

/** As many as `/users` takes. */
const ROWS_PER_ERASURE = 10_000;

/** Subtypes of audiences that Meta does not fill by rules. */
const NOT_BY_RULES = ['CUSTOM', 'LOOKALIKE'];

/** The audiences of one ad account. https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience */
export class FacebookManager implements AudienceManager<FacebookRow> {
  private readonly graph: FacebookGraph;
  private readonly shares: FacebookShares;

  constructor(
    private readonly tag: FacebookTag,
    http: PlatformHttp,
    options?: GraphOptions,
  ) {
    this.graph = new FacebookGraph(tag, http, options);
    this.shares = new FacebookShares(this.graph);
  }

  async read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined> {
    try {
      const { body } = await this.onAudience('GET', id, { query: { fields: SNAPSHOT_FIELDS } }, ctx);
      return facebookSnapshot(body, facts);
    } catch (error) {
      if (error instanceof AudienceMissingError) return undefined;
      throw error;
    }
  }

  uses(id: string, ctx: ManagementContext): Promise<AudienceUses> {
    return facebookUses(id, this.graph, ctx);
  }

  async update(id: string, change: AudienceChange, ctx: ManagementContext): Promise<void> {
    const { name, description, retentionDays } = change;
    if (retentionDays !== undefined) throw cannotExpress('retentionDays', 'cannot be changed later');
    const { body } = await this.onAudience('POST', id, { body: { name, description } }, ctx);
    if (body['success'] !== true) throw notUnderstood('no success of a change');
  }

  async delete(id: string, ctx: ManagementContext): Promise<void> {
    try {
      const { body } = await this.onAudience('DELETE', id, {}, ctx);
      if (body['success'] !== true) throw notUnderstood('no success of a deletion');
    } catch (error) {
      if (!(error instanceof AudienceMissingError)) throw error;
    }
  }

  share(id: string, request: ShareRequest, ctx: ManagementContext): Promise<readonly ShareOutcome[]> {
    return this.shares.share(id, request, ctx);
  }

  async createLookalike(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    const parameters = {
      ...namedAs(request),
      subtype: 'LOOKALIKE',
      origin_audience_id: seed,
      lookalike_spec: lookalikeSpec(request),
    };
    const existing = await this.findNamed(request.name, (audience) => isLookalikeOf(seed, audience), ctx);
    return existing ?? this.create(parameters, 'audience', ctx);
  }

  async createFromRules(request: RuleAudienceRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    const parameters = { ...namedAs(request), ...ruleParameters(request) };
    // Meta rewrites rules: one of the same name that fills itself is taken for the one that a lost answer was about.
    const isByRules = ({ subtype }: ListedAudience) => subtype !== undefined && !NOT_BY_RULES.includes(subtype);
    const existing = await this.findNamed(request.name, isByRules, ctx);
    return existing ?? this.create(parameters, 'account', ctx);
  }

  /** Takes people out of every customer list of the ad account, however small it becomes. */
  async erase(people: readonly FacebookRow[], ctx: ManagementContext): Promise<void> {
    for (let from = 0; from < people.length; from += ROWS_PER_ERASURE) {
      const rows = people.slice(from, from + ROWS_PER_ERASURE);
      const { body } = await this.graph.call(
        {
          method: 'DELETE',
          path: `/act_${this.tag.adAccountId}/usersofanyaudience`,
          pathTemplate: '/{account}/usersofanyaudience',
          target: 'account',
          body: (proof) => removalBody(rows, proof),
          plainValues: () => rows.map(([externId]) => String(externId)),
        },
        ctx,
      );
      if (integerOf(body['num_received']) === undefined) throw notUnderstood('no num_received');
    }
  }

  /** The token asks about itself: asking with the app's would need its id. */
  async credentialsEnd(ctx: ManagementContext): Promise<Date | null> {
    const { body } = await this.graph.call(
      {
        method: 'GET',
        path: '/debug_token',
        pathTemplate: '/debug_token',
        target: 'account',
        query: { input_token: this.tag.accessToken },
      },
      ctx,
    );
    const token = body['data'];
    if (!isRecord(token)) throw notUnderstood('nothing about the token');
    if (token['is_valid'] === false)
      throw new CredentialsRejectedError('Facebook: the access token is not valid any more');
    // 0: never. Data may be out of reach earlier than the token ends.
    const ends = [token['expires_at'], token['data_access_expires_at']].flatMap((end) => integerOf(end) || []);
    return ends.length === 0 ? null : new Date(Math.min(...ends) * 1_000);
  }

  private async findNamed(
    name: string,
    isWanted: (audience: ListedAudience) => boolean,
    ctx: ManagementContext,
  ): Promise<RemoteAudience | undefined> {
    const { adAccountId } = this.tag;
    const named = await audiencesNamed(name, adAccountId, this.graph, ctx);
    const ours = named.filter((audience) => (audience.account_id ?? adAccountId) === adAccountId && isWanted(audience));
    const [oldest] = ours.sort(byAge);
    return oldest && { id: oldest.id };
  }

  private async create(
    parameters: Readonly<Record<string, unknown>>,
    target: 'account' | 'audience',
    ctx: ManagementContext,
  ): Promise<RemoteAudience> {
    const path = `/act_${this.tag.adAccountId}/customaudiences`;
    const call = {
      method: 'POST',
      path,
      pathTemplate: '/{account}/customaudiences',
      target,
      body: parameters,
    } as const;
    const { body } = await this.graph.call(call, ctx);
    if (typeof body['id'] !== 'string' || body['id'] === '') throw notUnderstood('no id of the new audience');
    return { id: body['id'] };
  }

  private onAudience(
    method: 'GET' | 'POST' | 'DELETE',
    id: string,
    content: { readonly query?: { readonly fields: string }; readonly body?: Readonly<Record<string, unknown>> },
    ctx: ManagementContext,
  ): Promise<GraphAnswer> {
    const path = `/${encodeURIComponent(id)}`;
    return this.graph.call({ method, path, pathTemplate: '/{audience}', target: 'audience', ...content }, ctx);
  }
}

function namedAs({ name, description }: { readonly name: string; readonly description?: string }) {
  return { name, ...(description === undefined ? {} : { description }) };
}
