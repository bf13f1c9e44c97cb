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
import { PlatformHttp } from '../kit/platform-http.js';
import { TagSettings } from '../kit/tag-settings.js';
import { TikTokManager } from './audiences/tiktok.manager.js';
import { tiktokSupport } from './audiences/tiktok.support.js';
import { TikTokFileClient } from './file/tiktok.file-client.js';
import { newThrottles, type TikTokThrottles } from './tiktok.api.js';
import { TikTokClient } from './tiktok.client.js';
import { tiktokSettings, type TikTokTag } from './tiktok.config.js';
import { MOST_ENTRIES } from './tiktok.mapping.js';
import { prepareTikTokRows, type TikTokRow } from './tiktok.normaliser.js';

/** The streaming calls have their own limit of 10,000 a second; eight side by side were found to be enough. */
const STREAM_LIMITS: ProviderLimits = { rowsPerChunk: MOST_ENTRIES, callsPerMinute: 3_000, concurrency: 8 };

/**
 * Each file has TikTok process the whole audience for hours, and no second one is taken meanwhile: as few as can be, of at
 * most 50 MiB. A chunk is up to four calls, all of which together have a limit of 600 a minute for all tags of the app.
 */
const FILE_LIMITS: ProviderLimits = { rowsPerChunk: 200_000, callsPerMinute: 75, concurrency: 1 };

/** TikTok: segments filled by streaming, or customer file audiences, of the API for Business. */
@Injectable()
export class TikTokProvider extends AudienceProvider<TikTokRow> {
  readonly id = tiktokSettings.id;
  readonly limits = STREAM_LIMITS;
  readonly actions = ['upload', 'remove', 'share', 'lookalike'] as const;
  override readonly audiences = tiktokSupport;

  private readonly settings: TagSettings<TikTokTag>;
  /** By access token: TikTok counts the calls of its tags together. */
  private readonly throttles = new Map<string, TikTokThrottles>();

  constructor(
    config: AppConfig,
    private readonly http: PlatformHttp,
  ) {
    super();
    this.settings = new TagSettings(config, tiktokSettings);
  }

  tags(): readonly string[] {
    return this.settings.names();
  }

  /** A segment takes no files and a file audience no stream: an account's tags of both routes must not share one. */
  account(tag: string): string {
    const { advertiserId, route } = this.settings.get(tag);
    return route === 'file' ? `${advertiserId} (customer file)` : advertiserId;
  }

  /** The routes have limits of their own. Where both forms of a value are sent, a user may become two entries. */
  override limitsOf(tag: string): ProviderLimits {
    const { route, emailNormalization, phoneNormalization } = this.settings.get(tag);
    if (route === 'file') {
      return FILE_LIMITS;
    }
    const isDouble = emailNormalization === 'both' || phoneNormalization === 'both';
    return isDouble ? { ...STREAM_LIMITS, rowsPerChunk: MOST_ENTRIES / 2 } : STREAM_LIMITS;
  }

  prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<TikTokRow> {
    return prepareTikTokRows(users, this.settings.get(tag), trace);
  }

  identifiers(row: TikTokRow): readonly SentIdentifier[] {
    return row.flatMap((value, at) => {
      const name = at % 2 === 0 ? 'EMAIL_SHA256' : 'PHONE_SHA256';
      return value === '' ? [] : [{ name, value, hashed: true }];
    });
  }

  client(name: string): ProviderClient<TikTokRow> {
    const tag = this.settings.get(name);
    const throttles = this.throttlesOf(tag);
    return tag.route === 'file'
      ? new TikTokFileClient(tag, this.http, { throttles })
      : new TikTokClient(tag, this.http, { throttles });
  }

  override manager(name: string): AudienceManager<TikTokRow> {
    const tag = this.settings.get(name);
    return new TikTokManager(tag, this.http, { throttles: this.throttlesOf(tag) });
  }

  private throttlesOf({ accessToken }: TikTokTag): TikTokThrottles {
    const throttles = this.throttles.get(accessToken) ?? newThrottles();
    this.throttles.set(accessToken, throttles);
    return throttles;
  }
}
