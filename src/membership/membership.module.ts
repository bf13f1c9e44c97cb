import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { SessionsModule } from '../sessions/sessions.module.js';
import { MembersModule } from '../members/members.module.js';
import { LeaversService } from './leavers.service.js';
import { MembershipService } from './membership.service.js';

/** Members that come and go other than by a caller's own session. */
@Module({
  imports: [DeliveriesModule, SessionsModule, MembersModule],
  providers: [MembershipService, LeaversService],
  exports: [MembershipService],
})
export class MembershipModule {}
