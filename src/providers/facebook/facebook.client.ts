import type {
  CallContext,
  CreateContext,
  ProviderClient,
  Receipt,
  RemoteAudience,
  UploadContext,
} from '../contract/audience-provider.js';
import { RequestRejectedError } from '../contract/provider-errors.js';
import type { PlatformHttp } from '../kit/platform-http.js';
import { audiencesNamed, byAge, type ListedAudience } from './audiences/facebook.lookup.js';
import type { FacebookTag } from './facebook.config.js';
import { notUnderstood } from './facebook.errors.js';
import { type AppSecretProof, FacebookGraph, type GraphOptions } from './facebook.graph.js';
import { type FacebookRow, facebookSchema } from './facebook.normaliser.js';
import { facebookSession } from './facebook.session.js';
import { removalBody, usersBody } from './facebook.users-body.js';

/** Ten thousand rows are some four megabytes: on a slow line, and on a busy day of Facebook's, that takes its time. */
const UPLOAD_TIMEOUT_MS = 120_000;

/**
 * Customer list audiences of one ad account.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export class FacebookClient implements ProviderClient<FacebookRow> {
  private readonly graph: FacebookGraph;

  constructor(
    private readonly tag: FacebookTag,
    http: PlatformHttp,
    options?: GraphOptions,
  ) {
    this.graph = new FacebookGraph(tag, http, options);
  }

  async findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined> {
    const { adAccountId, valueBased } = this.tag;
    const named = await audiencesNamed(segment, adAccountId, this.graph, ctx);
    const usable = named.filter((audience) => takesUsers(audience, adAccountId)).sort(byAge);
    // Names need not be unique: one of the other kind, which cannot be changed, is another tag's.
    const found = usable.find((audience) => (audience.is_value_based ?? false) === valueBased);
    return found && { id: found.id };
  }

  async createAudience(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    const create = () => this.create(segment, ctx);
    // 2654 says that nothing was created, now and then for no reason: it is worth one more try, and no more.
    const { id } = await create().catch((error: unknown) => {
      if (error instanceof RequestRejectedError && error.platformCode?.split('/')[0] === '2654') {
        return create();
      }
      throw error;
    });
    return { id };
  }

  upload(audience: RemoteAudience, chunk: readonly FacebookRow[], ctx: UploadContext): Promise<Receipt> {
    const session = facebookSession(audience.id, ctx.session);
    const schema = facebookSchema({ valueBased: this.tag.valueBased });
    const body = (proof: AppSecretProof) => usersBody(schema, chunk, { session, ...proof });
    return this.changeMembers('POST', audience, chunk, body, ctx);
  }

  /**
   * Without a session: one that was closed by the last chunk of an upload would throw the removal away without a word.
   *
   * @throws AudienceBlockedError (200/1870047) where fewer than some hundred people would be left
   */
  remove(audience: RemoteAudience, chunk: readonly FacebookRow[], ctx: UploadContext): Promise<Receipt> {
    return this.changeMembers('DELETE', audience, chunk, (proof) => removalBody(chunk, proof), ctx);
  }

  private async changeMembers(
    method: 'POST' | 'DELETE',
    audience: RemoteAudience,
    chunk: readonly FacebookRow[],
    body: (proof: AppSecretProof) => Buffer,
    ctx: CallContext,
  ): Promise<Receipt> {
    const answer = await this.graph.call(
      {
        method,
        path: `/${encodeURIComponent(audience.id)}/users`,
        pathTemplate: '/{audience}/users',
        target: 'members',
        body,
        timeoutMs: UPLOAD_TIMEOUT_MS,
        // EXTERN_ID, the first of each row, is the only identifier that is not hashed.
        plainValues: () => chunk.map(([externId]) => String(externId)),
      },
      ctx,
    );
    // `num_received` counts the whole session so far: it must be there, but says nothing about this chunk.
    countOf(answer.body, 'num_received');
    const refusedUnnamed = Math.min(countOf(answer.body, 'num_invalid_entries'), chunk.length);
    return { accepted: chunk.length - refusedUnnamed, refused: [], refusedUnnamed, pauseMs: answer.pauseMs };
  }

  private async create(segment: string, ctx: CreateContext): Promise<RemoteAudience> {
    const { body } = await this.graph.call(
      {
        method: 'POST',
        path: `/act_${this.tag.adAccountId}/customaudiences`,
        pathTemplate: '/{account}/customaudiences',
        target: 'account',
        body: {
          name: segment,
          subtype: 'CUSTOM',
          // Facebook flags audiences whose name or description hints at something private: say no more than the type.
          description: `${ctx.audienceType} audience`,
          customer_file_source: this.tag.customerFileSource,
          is_value_based: this.tag.valueBased,
        },
      },
      ctx,
    );
    if (typeof body['id'] !== 'string' || body['id'] === '') {
      throw notUnderstood('no id of the new audience');
    }
    return { id: body['id'] };
  }
}

/** The list also shows audiences that others share with the account, and kinds that Facebook fills itself. */
function takesUsers(audience: ListedAudience, adAccountId: string): boolean {
  const isOurs = (audience.account_id ?? adAccountId) === adAccountId;
  const isEditable = audience.permission_for_actions?.can_edit !== false;
  return isOurs && isEditable && (audience.subtype ?? 'CUSTOM') === 'CUSTOM';
}

function countOf(body: Readonly<Record<string, unknown>>, field: string): number {
  const value = body[field];
  const count = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
    throw notUnderstood(`no ${field}`);
  }
  return count;
}
