import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { RejectionReportsService } from './rejections/rejection-reports.service.js';
import { RejectionsRepository } from './rejections/rejections.repository.js';
import { SessionMetrics } from './session-metrics.js';
import { SessionReportsRepository } from './session-reports.repository.js';
import { SessionReportsService } from './session-reports.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  imports: [DeliveriesModule],
  controllers: [SessionsController],
  providers: [
    SessionsService,
    SessionReportsService,
    RejectionReportsService,
    SessionMetrics,
    SessionReportsRepository,
    SessionsRepository,
    RejectionsRepository,
  ],
  exports: [SessionsService, SessionsRepository],
})
export class SessionsModule {}
