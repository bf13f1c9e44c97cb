import { Injectable } from '@nestjs/common';
import { AppConfig } from '../../config/config.js';
import type { AudienceManager } from '../contract/audience-manager.js';
import {
  AudienceProvider,
  type NormalisationTrace,
  type Prepared,
  type ProviderClient,
  type SentIdentifier,
} from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { TagSettings } from '../kit/tag-settings.js';
import { TwitterManager } from './audiences/twitter.manager.js';
import { twitterSupport } from './audiences/twitter.support.js';
import { MOST_ROW_BYTES, sentKeys, userBytes } from './members/twitter.users-body.js';
import { TwitterClient } from './twitter.client.js';
import { twitterSettings, type TwitterTag } from './twitter.config.js';
import { prepareTwitterRows, type TwitterRow } from './twitter.normaliser.js';

/** X: list custom audiences of the Ads API. */
@Injectable()
export class TwitterProvider extends AudienceProvider<TwitterRow> {
  readonly id = twitterSettings.id;
  /**
   * X counts bytes and not users, and asks for few large requests. It takes 1,500 a minute of these, but fewer look-ups and
   * creations (133 and 450), which count here as well.
   * https://docs.x.com/x-ads-api/fundamentals/rate-limiting
   */
  readonly limits = {
    rowsPerChunk: 20_000,
    bytesPerChunk: MOST_ROW_BYTES,
    callsPerMinute: 600,
    concurrency: 4,
  } as const;
  readonly actions = ['upload', 'remove', 'share'] as const;
  override readonly audiences = twitterSupport;

  private readonly settings: TagSettings<TwitterTag>;
  private readonly warnings = new Set<string>();

  constructor(
    config: AppConfig,
    private readonly http: PlatformHttp,
  ) {
    super();
    this.settings = new TagSettings(config, twitterSettings);
  }

  tags(): readonly string[] {
    return this.settings.names();
  }

  account(tag: string): string {
    return this.settings.get(tag).adAccountId;
  }

  /** X counts the calls of an ads account, whoever makes them. */
  override quota(tag: string): string {
    return this.settings.get(tag).adAccountId;
  }

  prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<TwitterRow> {
    return prepareTwitterRows(users, this.settings.get(tag), trace);
  }

  identifiers(row: TwitterRow): readonly SentIdentifier[] {
    return sentKeys(row).map(([name, value]) => ({ name, value, hashed: name !== 'partner_user_id' }));
  }

  override rowBytes(row: TwitterRow): number {
    return userBytes(row);
  }

  client(tag: string): ProviderClient<TwitterRow> {
    return new TwitterClient(this.settings.get(tag), this.http, { warnings: this.warnings });
  }

  override manager(tag: string): AudienceManager<TwitterRow> {
    return new TwitterManager(this.settings.get(tag), this.http, { warnings: this.warnings });
  }
}
