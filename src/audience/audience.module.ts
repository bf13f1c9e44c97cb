import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { AudienceController } from './audience.controller.js';
import { AudienceService } from './audience.service.js';
import { BatchStore } from './batch-store.service.js';
import { DestinationsService } from './destinations.service.js';
import { PreviewController } from './preview/preview.controller.js';
import { PreviewService } from './preview/preview.service.js';

@Module({
  imports: [ProvidersModule, SessionsModule, DeliveriesModule],
  controllers: [AudienceController, PreviewController],
  providers: [AudienceService, BatchStore, DestinationsService, PreviewService],
})
export class AudienceModule {}
