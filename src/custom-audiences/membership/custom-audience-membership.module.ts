import { Module } from '@nestjs/common';
import { MembershipModule } from '../../membership/membership.module.js';
import { ProvidersModule } from '../../providers/providers.module.js';
import { CustomAudienceMembershipController } from './custom-audience-membership.controller.js';
import { CustomAudienceMembershipService } from './custom-audience-membership.service.js';
import { MembersSource } from './members-source.js';
import { MembershipTargets } from './membership-targets.service.js';
import { MembershipRefresh } from './membership-refresh.js';
import { StoredMembers } from './stored-members.js';
import { RefreshStarter } from '../polling/refresh-starter.js';
import { MembersModule } from '../../members/members.module.js';

/** Bringing users to one custom audience, and taking them out. */
@Module({
  imports: [MembershipModule, MembersModule, ProvidersModule],
  controllers: [CustomAudienceMembershipController],
  providers: [
    CustomAudienceMembershipService,
    MembershipTargets,
    { provide: MembersSource, useClass: StoredMembers },
    { provide: RefreshStarter, useClass: MembershipRefresh },
  ],
  exports: [RefreshStarter],
})
export class CustomAudienceMembershipModule {}
