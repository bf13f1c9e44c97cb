import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { EventsModule } from '../events/events.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { AudienceActionsController } from './audience-actions.controller.js';
import { CustomAudienceViews } from './custom-audience-views.service.js';
import { CustomAudiencesController } from './custom-audiences.controller.js';
import { CustomAudiencesService } from './custom-audiences.service.js';
import { AudienceCreation } from './lifecycle/audience-creation.service.js';
import { AudienceDeletion } from './lifecycle/audience-deletion.service.js';
import { AudienceLookalikes } from './lifecycle/audience-lookalikes.service.js';
import { AudienceMaker } from './lifecycle/audience-maker.service.js';
import { AudienceSharing } from './lifecycle/audience-sharing.service.js';
import { AudienceTies } from './lifecycle/audience-ties.service.js';
import { AudienceUpdate } from './lifecycle/audience-update.service.js';
import { PlatformCalls } from './platform/platform-calls.service.js';
import { AudienceMembersRepository } from './records/audience-members.repository.js';
import { CustomAudienceListsRepository } from './records/custom-audience-lists.repository.js';
import { CustomAudiencesRepository } from './records/custom-audiences.repository.js';

/** The resource on top of the platforms: one record for each audience in each account. */
@Module({
  imports: [ProvidersModule, DeliveriesModule, EventsModule],
  controllers: [CustomAudiencesController, AudienceActionsController],
  providers: [
    CustomAudiencesRepository,
    CustomAudienceListsRepository,
    AudienceMembersRepository,
    CustomAudiencesService,
    CustomAudienceViews,
    PlatformCalls,
    AudienceMaker,
    AudienceTies,
    AudienceCreation,
    AudienceUpdate,
    AudienceDeletion,
    AudienceSharing,
    AudienceLookalikes,
  ],
  exports: [CustomAudiencesRepository, CustomAudiencesService],
})
export class CustomAudiencesModule {}
