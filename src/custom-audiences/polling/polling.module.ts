import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../../deliveries/deliveries.module.js';
import { EventsModule } from '../../events/events.module.js';
import { MembersModule } from '../../members/members.module.js';
import { CustomAudienceMembershipModule } from '../membership/custom-audience-membership.module.js';
import { ProvidersModule } from '../../providers/providers.module.js';
import { AudiencePoll } from './audience-poll.service.js';
import { AudienceReader } from './audience-reader.service.js';
import { AutoRefresh } from './auto-refresh.service.js';
import { CredentialsWatch } from './credentials-watch.service.js';
import { CustomAudienceMetrics } from './custom-audience-metrics.js';
import { PollClaimsRepository } from './poll-claims.repository.js';
import { PollRecordRepository } from './record/poll-record.repository.js';
import { StatusPoller } from './status-poller.service.js';
import { UploadFactsRepository } from './upload-facts.repository.js';

/** Keeps the records of custom audiences true to their platforms. */
@Module({
  imports: [CustomAudienceMembershipModule, DeliveriesModule, EventsModule, MembersModule, ProvidersModule],
  providers: [
    StatusPoller,
    AudiencePoll,
    AudienceReader,
    AutoRefresh,
    CredentialsWatch,
    CustomAudienceMetrics,
    PollClaimsRepository,
    PollRecordRepository,
    UploadFactsRepository,
  ],
})
export class PollingModule {}
