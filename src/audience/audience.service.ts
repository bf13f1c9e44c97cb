import { Injectable, Logger } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { DeliveriesService } from '../deliveries/deliveries.service.js';
import { MetricsService } from '../metrics/metrics.service.js';
import type { Registration } from '../sessions/sessions.service.js';
import { syncResults } from './audience-answer.js';
import { BatchStore } from './batch-store.service.js';
import { DestinationsService } from './destinations.service.js';
import type { DeliveryResultDto } from './dto/upload-answer.dto.js';
import type { UploadAudienceDto } from './dto/upload-audience.dto.js';
import type { UploadOptionsDto } from './dto/upload-options.dto.js';

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
   * @throws ProblemException 400 for an unknown channel, 409 for a contradiction, 503 when no tag is configured; with `sync`
   * also 502 and 504, and the batch is stored all the same
   */
  async upload(upload: UploadAudienceDto, options: UploadOptionsDto): Promise<Upload> {
    const deadline = Date.now() + this.config.syncTimeoutMs;
    const registration = await this.store.store(upload, options, () => this.destinations.of(upload, options));
    this.record(upload, registration);
    if (!options.sync) return registration;
    const outcome = await this.deliveries.outcome(registration.batch, deadline - Date.now());
    return { ...registration, results: syncResults(outcome, `/sessions/${registration.session}`) };
  }

  private record({ name, type, batch, users }: UploadAudienceDto, { session, replayed }: Registration): void {
    const { sessionId, sequence } = batch;
    const msg = replayed ? 'Batch received again' : 'Batch stored';
    this.logger.log({ msg, audience: name, type, sessionId, sequence, users: users.length, session });
    this.metrics.batchReceived(replayed ? 'replayed' : 'stored', users.length);
  }
}
