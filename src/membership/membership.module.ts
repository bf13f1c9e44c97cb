import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { MembershipService } from './membership.service.js';

/** Members that come and go other than by a caller's own session. */
@Module({
  imports: [DeliveriesModule, SessionsModule],
  providers: [MembershipService],
  exports: [MembershipService],
})
export class MembershipModule {}
