import type {
  AudienceChange,
  AudienceFacts,
  AudienceManager,
  AudienceSnapshot,
  LookalikeRequest,
  ManagementContext,
} from '../../contract/audience-manager.js';
import type { RemoteAudience } from '../../contract/audience-provider.js';
import { AudienceMissingError, PermissionDeniedError } from '../../contract/provider-errors.js';
import type { AccessTokens } from '../../kit/oauth/access-tokens.js';
import type { PlatformHttp } from '../../kit/platform-http.js';
import { GoogleApi, type GoogleApiOptions } from '../google.api.js';
import type { GoogleTag } from '../google.config.js';
import { listOf } from '../google.lookup.js';
import type { GoogleRow } from '../google.member.js';
import { GoogleCredentials } from '../oauth/google.credentials.js';
import { GoogleLookalike } from './google.lookalike.js';
import { forbiddenSnapshot, snapshotOf } from './google.snapshot.js';

const DAY_SECONDS = 86_400;

/** What Google says of a list that is not, or no longer, the account's; all else about permission is a matter of the tag. */
const NOT_OURS = '403/PERMISSION_DENIED';

/**
 * The lists of one Google Ads account: state, name, how long members stay, lookalikes, deletion.
 * https://developers.google.com/data-manager/api/reference/rest/v1/accountTypes.accounts.userLists
 */
export class GoogleManager implements AudienceManager<GoogleRow> {
  private readonly api: GoogleApi;
  private readonly lookalike: GoogleLookalike;

  constructor(
    private readonly tag: GoogleTag,
    http: PlatformHttp,
    tokens: AccessTokens,
    options?: GoogleApiOptions,
  ) {
    this.api = new GoogleApi(tag, http, new GoogleCredentials(tag, http, tokens), options);
    this.lookalike = new GoogleLookalike(tag, this.api);
  }

  async read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined> {
    try {
      return snapshotOf(await this.api.call({ method: 'GET', ...this.place(id) }, ctx), facts);
    } catch (error) {
      if (error instanceof AudienceMissingError) return undefined;
      if (error instanceof PermissionDeniedError && error.platformCode === NOT_OURS) return forbiddenSnapshot(facts);
      throw error;
    }
  }

  async update(id: string, change: AudienceChange, ctx: ManagementContext): Promise<void> {
    const { name, description, retentionDays } = change;
    const body = {
      ...(name !== undefined && { displayName: name }),
      ...(description !== undefined && { description }),
      ...(retentionDays !== undefined && { membershipDuration: `${retentionDays * DAY_SECONDS}s` }),
    };
    const query = { updateMask: Object.keys(body).join(',') };
    await this.api.call({ method: 'PATCH', ...this.place(id), query, body }, ctx);
  }

  async delete(id: string, ctx: ManagementContext): Promise<void> {
    try {
      await this.api.call({ method: 'DELETE', ...this.place(id) }, ctx);
    } catch (error) {
      if (!(error instanceof AudienceMissingError)) throw error;
    }
  }

  createLookalike(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience> {
    return this.lookalike.create(seed, request, ctx);
  }

  private place(id: string) {
    return listOf(this.tag.customerId, id);
  }
}
