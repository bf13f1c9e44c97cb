import { Module } from '@nestjs/common';
import { EventsModule } from '../events/events.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { AudienceDeliveries } from './audience-deliveries.repository.js';
import { DeliveriesController } from './deliveries.controller.js';
import { DeliveriesRepository } from './deliveries.repository.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryMetrics } from './delivery-metrics.js';
import { DeliveryQueue } from './delivery-queue.js';
import { DeliveryWatcher } from './delivery-watcher.js';
import { DeliveryAttempt } from './execution/delivery-attempt.js';
import { DeliveryClaimsRepository } from './execution/delivery-claims.repository.js';
import { DeliveryVerdict } from './execution/verdict/delivery-verdict.service.js';
import { OpenBatches } from './execution/batch/open-batches.js';
import { DeliveryBatchReader } from './execution/batch/delivery-batch-reader.js';
import { DeliveryMembers } from './execution/delivery-members.service.js';
import { DeliveryOutcomes } from './execution/verdict/delivery-outcomes.js';
import { DeliveryProgressRepository } from './execution/delivery-progress.repository.js';
import { DeliveryRunner } from './execution/delivery-runner.js';
import { DeliverySettlementRepository } from './settlement/delivery-settlement.repository.js';
import { DeliveryWorker } from './execution/delivery-worker.js';
import { RemoteJobsService } from './execution/remote-jobs.service.js';
import { PayloadPurgeService } from './settlement/payload-purge.service.js';
import { RejectionsWriter } from './rejections/rejections-writer.js';
import { SealedEdgeTagIds } from './rejections/sealed-edge-tag-ids.js';
import { RemoteAudienceService } from './remote-audience.service.js';
import { HeldDeliveries } from './tags/held-deliveries.js';
import { RateLimiter } from './tags/rate-limiter.js';
import { TagActionsService } from './tags/tag-actions.service.js';
import { TagGate } from './tags/tag-gate.js';
import { TagProberService } from './tags/tag-prober.service.js';
import { SessionEnd } from './settlement/session-end.service.js';
import { TagsController } from './tags/tags.controller.js';

/** The durable queue: one delivery per batch x provider x tag. `execution/` is the worker's side. */
@Module({
  imports: [ProvidersModule, MembersModule, EventsModule],
  controllers: [DeliveriesController, TagsController],
  providers: [
    DeliveriesService,
    DeliveriesRepository,
    AudienceDeliveries,
    DeliveryQueue,
    DeliveryWatcher,
    DeliveryMetrics,
    DeliveryWorker,
    DeliveryAttempt,
    DeliveryRunner,
    DeliveryBatchReader,
    OpenBatches,
    DeliveryMembers,
    DeliveryOutcomes,
    DeliveryProgressRepository,
    DeliverySettlementRepository,
    SessionEnd,
    RemoteJobsService,
    RejectionsWriter,
    SealedEdgeTagIds,
    PayloadPurgeService,
    RateLimiter,
    TagGate,
    TagActionsService,
    HeldDeliveries,
    TagProberService,
    DeliveryClaimsRepository,
    DeliveryVerdict,
    RemoteAudienceService,
  ],
  exports: [DeliveriesService, DeliveryQueue, SealedEdgeTagIds, AudienceDeliveries, RateLimiter, RemoteAudienceService],
})
export class DeliveriesModule {}
