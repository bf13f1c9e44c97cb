import { Module } from '@nestjs/common';
import { MemberCipher } from './member-cipher.js';
import { MembersFinder } from './members-finder.js';
import { MembersStore } from './members-store.js';

/** Who is in each custom audience. */
@Module({
  providers: [MembersStore, MembersFinder, MemberCipher],
  exports: [MembersStore, MembersFinder, MemberCipher],
})
export class MembersModule {}
