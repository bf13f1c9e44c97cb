import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem.exception.js';
import { AppConfig } from '../config/config.js';
import { type ConfiguredTarget, ProviderCatalogue } from '../providers/provider-catalogue.service.js';
import type { AudienceHead } from './dto/audience-form.dto.js';
import type { UploadOptionsDto } from './dto/upload-options.dto.js';

/** Where the users of a batch go. */
export interface Destination {
  /** The audience's name on every platform. */
  readonly segment: string;
  /** Never empty. */
  readonly targets: readonly ConfiguredTarget[];
}

/** Says which audiences a call means. */
@Injectable()
export class DestinationsService {
  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
  ) {}

  /** @throws ProblemException 400 for an unknown channel, 503 when no tag is configured */
  of(
    { name }: Pick<AudienceHead, 'name'>,
    { channels, disablePrefix }: Pick<UploadOptionsDto, 'channels' | 'disablePrefix'>,
  ): Destination {
    const { targets, unknown } = this.catalogue.select(channels);
    if (unknown.length > 0) {
      const message = 'names a provider or tag that is not configured here; GET /providers lists them';
      const errors = [{ field: 'channels', message }];
      throw new ProblemException(400, 'invalid-request', `channels ${message}`, { errors, errorsTotal: 1 });
    }
    if (targets.length === 0) {
      throw new ProblemException(503, 'no-tag-configured', 'No platform account is configured: see README, Settings');
    }
    return { segment: (disablePrefix ? '' : this.config.segmentPrefix) + name, targets };
  }
}
