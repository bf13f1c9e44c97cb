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
import { FacebookManager } from './audiences/facebook.manager.js';
import { facebookSupport } from './audiences/facebook.support.js';
import { FacebookClient } from './facebook.client.js';
import { facebookSettings, type FacebookTag } from './facebook.config.js';
import { facebookIdentifiers, type FacebookRow, prepareFacebookRows } from './facebook.normaliser.js';

/** Facebook and Instagram: customer list Custom Audiences of the Marketing API. */
@Injectable()
export class FacebookProvider extends AudienceProvider<FacebookRow> {
  readonly id = facebookSettings.id;
  /** 10,000 rows is Facebook's own limit; batches of one audience may arrive side by side. */
  readonly limits = { rowsPerChunk: 10_000, callsPerMinute: 600, concurrency: 4 } as const;
  readonly actions = ['upload', 'remove', 'share', 'lookalike'] as const;
  override readonly audiences = facebookSupport;

  private readonly settings: TagSettings<FacebookTag>;

  constructor(
    config: AppConfig,
    private readonly http: PlatformHttp,
  ) {
    super();
    this.settings = new TagSettings(config, facebookSettings);
  }

  tags(): readonly string[] {
    return this.settings.names();
  }

  /** Value-based audiences are another kind: an account's tags of both kinds must not share one. */
  account(tag: string): string {
    const { adAccountId, valueBased } = this.settings.get(tag);
    return `act_${adAccountId}${valueBased ? ' (value-based)' : ''}`;
  }

  prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<FacebookRow> {
    return prepareFacebookRows(users, { valueBased: this.settings.get(tag).valueBased }, trace);
  }

  identifiers(row: FacebookRow, tag: string): readonly SentIdentifier[] {
    return facebookIdentifiers(row, { valueBased: this.settings.get(tag).valueBased });
  }

  client(tag: string): ProviderClient<FacebookRow> {
    return new FacebookClient(this.settings.get(tag), this.http);
  }

  override manager(tag: string): AudienceManager<FacebookRow> {
    return new FacebookManager(this.settings.get(tag), this.http);
  }
}
