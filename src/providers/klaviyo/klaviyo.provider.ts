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
import { sha256Hex } from '../kit/hash.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { TagSettings } from '../kit/tag-settings.js';
import { KlaviyoManager } from './audiences/klaviyo.manager.js';
import { KLAVIYO_SUPPORT } from './audiences/klaviyo.support.js';
import { KlaviyoClient } from './klaviyo.client.js';
import { klaviyoSettings, type KlaviyoTag } from './klaviyo.config.js';
import { prepareKlaviyoRows } from './klaviyo.normaliser.js';
import { KlaviyoPhones } from './klaviyo.phone.js';
import { klaviyoIdentifiers, type KlaviyoRow, profileBytes } from './klaviyo.profile.js';

/** Klaviyo: profiles in a list, and a segment of the same name over it. */
@Injectable()
export class KlaviyoProvider extends AudienceProvider<KlaviyoRow> {
  readonly id = klaviyoSettings.id;
  /**
   * Klaviyo takes 10,000 profiles and 5 MB at once; what is left free is for the envelope and other ways to count. A minute
   * may bring 150 import jobs, and as many questions after them.
   */
  readonly limits = {
    rowsPerChunk: 10_000,
    bytesPerChunk: 4_600_000,
    callsPerMinute: 150,
    concurrency: 3,
    pollMs: 2_000,
  } as const;
  readonly actions = ['upload', 'remove'] as const;
  override readonly audiences = KLAVIYO_SUPPORT;

  private readonly settings: TagSettings<KlaviyoTag>;

  constructor(
    config: AppConfig,
    private readonly http: PlatformHttp,
  ) {
    super();
    this.settings = new TagSettings(config, klaviyoSettings);
  }

  tags(): readonly string[] {
    return this.settings.names();
  }

  /** A key belongs to one account, but does not say to which: its digest stands for it. */
  account(tag: string): string {
    return `key ${sha256Hex(this.settings.get(tag).apiKey).slice(0, 12)}`;
  }

  prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<KlaviyoRow> {
    return prepareKlaviyoRows(users, new KlaviyoPhones(this.settings.get(tag).phoneCountries), trace);
  }

  identifiers(row: KlaviyoRow): readonly SentIdentifier[] {
    return klaviyoIdentifiers(row);
  }

  /** The row and a comma. */
  override rowBytes(row: KlaviyoRow): number {
    return profileBytes(row) + 1;
  }

  client(tag: string): ProviderClient<KlaviyoRow> {
    return new KlaviyoClient(this.settings.get(tag), this.http);
  }

  override manager(tag: string): AudienceManager<KlaviyoRow> {
    return new KlaviyoManager(this.settings.get(tag), this.http);
  }
}
