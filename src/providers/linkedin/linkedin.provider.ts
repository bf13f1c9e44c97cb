import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/config.js';
import type { AudienceManager } from '../contract/audience-manager.js';
import {
  AudienceProvider,
  type NormalisationTrace,
  type Prepared,
  type ProviderClient,
  type ProviderLimits,
  type SentIdentifier,
} from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { AccessTokens } from '../kit/oauth/access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { TagSettings } from '../kit/tag-settings.js';
import { credentialsOf } from './api/linkedin.access.js';
import { LinkedInManager } from './audiences/linkedin.manager.js';
import { LINKEDIN_AUDIENCES } from './audiences/linkedin.support.js';
import { LinkedInClient } from './linkedin.client.js';
import { linkedInSettings, LinkedInTag } from './linkedin.config.js';
import { type LinkedInRow, prepareLinkedInRows } from './linkedin.normaliser.js';
import { LinkedInThrottle } from './api/linkedin.throttle.js';
import { MOST_USERS } from './linkedin.users.js';

const DEFAULT_SOURCE = new LinkedInTag().sourcePlatform;

/** LinkedIn: DMP segments of the Matched Audiences API. */
@Injectable()
export class LinkedInProvider extends AudienceProvider<LinkedInRow> {
  readonly id = linkedInSettings.id;
  /** A token may fill segments 600 times in any minute. What may come at once, of ten seconds, has to fit in beside the rate. */
  readonly limits: ProviderLimits = { rowsPerChunk: MOST_USERS, callsPerMinute: 500, concurrency: 4 };
  readonly actions = ['upload', 'remove', 'lookalike'] as const;
  override readonly audiences = LINKEDIN_AUDIENCES;

  private readonly settings: TagSettings<LinkedInTag>;
  /** By credentials: LinkedIn counts the calls of a token together. */
  private readonly throttles = new Map<string, LinkedInThrottle>();

  constructor(
    config: AppConfig,
    private readonly http: PlatformHttp,
    private readonly tokens: AccessTokens,
  ) {
    super();
    this.settings = new TagSettings(config, linkedInSettings);
  }

  tags(): readonly string[] {
    return this.settings.names();
  }

  /** An app fills the segments of its own source platform, and no others. */
  account(tag: string): string {
    const { adAccountId, sourcePlatform } = this.settings.get(tag);
    return sourcePlatform === DEFAULT_SOURCE ? adAccountId : `${adAccountId} (${sourcePlatform})`;
  }

  /** LinkedIn counts by token: tags of one share a budget, under the name of the first of them. */
  override quota(tag: string): string {
    const credentials = credentialsOf(this.settings.get(tag));
    return this.tags().find((other) => credentialsOf(this.settings.get(other)) === credentials) ?? tag;
  }

  prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<LinkedInRow> {
    this.settings.get(tag);
    return prepareLinkedInRows(users, trace);
  }

  identifiers({ email, firstName, lastName, country }: LinkedInRow): readonly SentIdentifier[] {
    const plain = Object.entries({ firstName, lastName, country }).filter(([, value]) => value !== '');
    return [
      { name: 'SHA256_EMAIL', value: email, hashed: true },
      ...plain.map(([name, value]) => ({ name, value, hashed: false })),
    ];
  }

  client(name: string): ProviderClient<LinkedInRow> {
    const tag = this.settings.get(name);
    return new LinkedInClient(tag, this.http, this.tokens, { throttle: this.throttleOf(tag) });
  }

  override manager(name: string): AudienceManager<LinkedInRow> {
    const tag = this.settings.get(name);
    return new LinkedInManager(tag, this.http, this.tokens, { throttle: this.throttleOf(tag) });
  }

  private throttleOf(tag: LinkedInTag): LinkedInThrottle {
    const credentials = credentialsOf(tag);
    const throttle = this.throttles.get(credentials) ?? new LinkedInThrottle();
    this.throttles.set(credentials, throttle);
    return throttle;
  }
}
