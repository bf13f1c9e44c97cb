import { Module } from '@nestjs/common';
import { CustomAudiencesModule } from '../custom-audiences/custom-audiences.module.js';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { EventsModule } from '../events/events.module.js';
import { IntakeModule } from '../intake/intake.module.js';
import { MembersModule } from '../members/members.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AudienceController } from './audience.controller.js';
import { AudienceService } from './audience.service.js';
import { BatchStore } from './batch-store.service.js';
import { DestinationsService } from './destinations.service.js';
import { PreviewController } from './preview/preview.controller.js';
import { PreviewService } from './preview/preview.service.js';
import { RecipientsService } from './recipients.service.js';
import { DraftUsers } from './users/draft-users.service.js';

@Module({
  imports: [
    ProvidersModule,
    SessionsModule,
    DeliveriesModule,
    CustomAudiencesModule,
    MembersModule,
    EventsModule,
    IntakeModule,
  ],
  controllers: [AudienceController, PreviewController],
  providers: [AudienceService, BatchStore, DestinationsService, DraftUsers, RecipientsService, PreviewService],
})
export class AudienceModule {}
