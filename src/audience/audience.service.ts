import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import type { Registration } from '../sessions/sessions.service.js';
import { mergedOutcome } from '../deliveries/merged-outcome.js';
import { syncResults } from '../deliveries/sync-answer.js';
import { BatchStore } from './batch-store.service.js';
import { DestinationsService } from './destinations.service.js';
import type { DeliveryResultDto } from '../deliveries/dto/upload-answer.dto.js';
import type { UploadOptionsDto } from './dto/upload-options.dto.js';
import type { AudienceUpload } from './users/taken-users.js';

/** A batch that was taken in. */
export interface Upload extends Registration {
  /** With `sync`: one per tag. */
  readonly results?: readonly DeliveryResultDto[];
}

/** Takes one batch in: durable before it is answered, delivered by whoever works the queue. */
@Injectable()
export class AudienceService {
  private readonly logger = new Logger(AudienceService.name);

  constructor(
    private readonly config: AppConfig,
    private readonly destinations: DestinationsService,
    private readonly store: BatchStore,
    private readonly deliveries: DeliveriesService,
    private readonly metrics: MetricsService,
  ) {}

  /**
   * Stores the batch for every addressed tag and, with `sync`, waits until each is served.
   *
   * @param requestId of the call, for the log of everything that becomes of the batch
   *
   * @throws ProblemException 400 for an unknown channel, 409 for a contradiction, 503 when no tag is configured; with `sync`
   * also 502 and 504, and the batch is stored all the same
   */
  async upload(upload: AudienceUpload, options: UploadOptionsDto, requestId: string): Promise<Upload> {
    const deadline = Date.now() + this.config.syncTimeoutMs;
    const destination = () => this.destinations.of(upload, options);
    const registration = await this.store.store(upload, options, requestId, destination);
    this.record(upload, registration, requestId);
    if (!options.sync) return registration;
    const { session, parts } = registration;
    const ids = parts.map(({ id }) => id);
    const outcome = await this.deliveries.outcomeOfAll(ids, deadline - Date.now());
    return { ...registration, results: syncResults(mergedOutcome(outcome), `/sessions/${session}`) };
  }

  private record(upload: AudienceUpload, { session, parts, replayed }: Registration, requestId: string): void {
    const { name, type, users } = upload;
    const { sessionId, sequence } = upload.batch;
    const msg = replayed ? 'Batch received again' : 'Batch stored';
    const batch = parts[0]?.id;
    const line = { audience: name, type, sessionId, sequence, users: users.count, session, batch, requestId };
    this.logger.log({ msg, ...line });
    this.metrics.batchReceived(replayed ? 'replayed' : 'stored', users.count);
  }
}
