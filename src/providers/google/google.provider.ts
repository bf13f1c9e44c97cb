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
import { GoogleManager } from './audiences/google.manager.js';
import { GOOGLE_AUDIENCES } from './audiences/google.support.js';
import { GoogleClient } from './google.client.js';
import { googleSettings, GoogleTag } from './google.config.js';
import { googleIdentifiers, type GoogleRow } from './google.member.js';
import { prepareGoogleRows } from './google.normaliser.js';
import { cloudProject } from './oauth/google.credentials.js';

/** Google Ads: Customer Match lists of contact data, by the Data Manager API. */
@Injectable()
export class GoogleProvider extends AudienceProvider<GoogleRow> {
  readonly id = googleSettings.id;
  /**
   * 10,000 members is Google's own limit; written out they are five megabytes at most. A Cloud project may make 300 calls a
   * minute of each kind, and ten requests side by side.
   * https://developers.google.com/data-manager/api/devguides/limits
   */
  readonly limits = {
    rowsPerChunk: 10_000,
    callsPerMinute: 240,
    concurrency: 8,
    pollMs: new GoogleTag().pollSeconds * 1_000,
  } as const;
  readonly actions = ['upload', 'remove', 'lookalike'] as const;
  override readonly audiences = GOOGLE_AUDIENCES;

  private readonly settings: TagSettings<GoogleTag>;

  constructor(
    config: AppConfig,
    private readonly http: PlatformHttp,
    private readonly tokens: AccessTokens,
  ) {
    super();
    this.settings = new TagSettings(config, googleSettings);
  }

  tags(): readonly string[] {
    return this.settings.names();
  }

  override limitsOf(tag: string): ProviderLimits {
    return { ...this.limits, pollMs: this.settings.get(tag).pollSeconds * 1_000 };
  }

  account(tag: string): string {
    return this.settings.get(tag).customerId;
  }

  /** Google counts the calls of a Cloud project, whatever account they are for. */
  override quota(tag: string): string {
    return `project ${cloudProject(this.settings.get(tag))}`;
  }

  prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<GoogleRow> {
    return prepareGoogleRows(users, this.settings.get(tag), trace);
  }

  identifiers(row: GoogleRow): readonly SentIdentifier[] {
    return googleIdentifiers(row);
  }

  client(tag: string): ProviderClient<GoogleRow> {
    return new GoogleClient(this.settings.get(tag), this.http, this.tokens);
  }

  override manager(tag: string): AudienceManager<GoogleRow> {
    return new GoogleManager(this.settings.get(tag), this.http, this.tokens);
  }
}
