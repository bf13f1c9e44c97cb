import { Module } from '@nestjs/common';
import { MembershipModule } from '../../membership/membership.module.js';
import { ProvidersModule } from '../../providers/providers.module.js';
import { CustomAudienceMembershipController } from './custom-audience-membership.controller.js';
import { CustomAudienceMembershipService } from './custom-audience-membership.service.js';
import { MembersSource } from './members-source.js';
import { MembershipTargets } from './membership-targets.service.js';
import { NoMembers } from './no-members.js';

/** Bringing users to one custom audience, and taking them out. */
@Module({
  imports: [MembershipModule, ProvidersModule],
  controllers: [CustomAudienceMembershipController],
  providers: [CustomAudienceMembershipService, MembershipTargets, { provide: MembersSource, useClass: NoMembers }],
})
export class CustomAudienceMembershipModule {}
