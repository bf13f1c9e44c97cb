import { Module } from '@nestjs/common';
import { MemberCipher } from './member-cipher.js';
import { MembersFinder } from './members-finder.js';
import { MembersSampler } from './members-sampler.js';
import { MembersStore } from './members-store.js';

/** Who is in each custom audience. */
@Module({
  providers: [MembersStore, MembersFinder, MembersSampler, MemberCipher],
  exports: [MembersStore, MembersFinder, MembersSampler, MemberCipher],
})
export class MembersModule {}
