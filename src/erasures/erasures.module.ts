import { Module } from '@nestjs/common';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { MembersModule } from '../members/members.module.js';
import { MembershipModule } from '../membership/membership.module.js';
import { ProvidersModule } from '../providers/providers.module.js';
import { ErasuresController } from './erasures.controller.js';
import { ErasuresRepository } from './erasures.repository.js';
import { ErasuresService } from './erasures.service.js';
import { ErasureRounds } from './rounds/erasure-rounds.service.js';
import { PlatformErasure } from './rounds/platform-erasure.service.js';
import { StoredTraces } from './rounds/stored-traces.service.js';
import { StoreErasure } from './rounds/store-erasure.service.js';

/** Forgetting a person everywhere, with a receipt. */
@Module({
  imports: [ProvidersModule, DeliveriesModule, MembersModule, MembershipModule],
  controllers: [ErasuresController],
  providers: [ErasuresService, ErasuresRepository, ErasureRounds, StoreErasure, StoredTraces, PlatformErasure],
})
export class ErasuresModule {}
