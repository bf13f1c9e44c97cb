import { Module } from '@nestjs/common';
import { RejectionReportsService } from './rejection-reports.service.js';
import { RejectionsRepository } from './rejections.repository.js';
import { SessionReportsService } from './session-reports.service.js';
import { SessionsController } from './sessions.controller.js';
import { SessionsRepository } from './sessions.repository.js';
import { SessionsService } from './sessions.service.js';

@Module({
  controllers: [SessionsController],
  providers: [
    SessionsService,
    SessionReportsService,
    RejectionReportsService,
    SessionsRepository,
    RejectionsRepository,
  ],
  exports: [SessionsService],
})
export class SessionsModule {}
