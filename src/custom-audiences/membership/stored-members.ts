import { Injectable } from '@nestjs/common';
import { eq } from 'drizzle-orm';
import { MembersStore } from '../../members/members-store.js';
import type { MemberAudience, MemberSlice } from '../../membership/membership.service.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';
import { MembersSource } from './members-source.js';

/** The members store, as users that can be sent again. */
@Injectable()
export class StoredMembers extends MembersSource {
  constructor(
    private readonly database: Database,
    private readonly members: MembersStore,
  ) {
    super();
  }

  override get isOn(): boolean {
    return this.members.isOn;
  }

  override async *slices({ id }: MemberAudience): AsyncGenerator<MemberSlice> {
    const [audience] = await this.database.query
      .select({ number: customAudiences.number })
      .from(customAudiences)
      .where(eq(customAudiences.id, id));
    if (!audience) return;
    for await (const users of this.members.slices(audience.number)) {
      yield { json: Buffer.from(JSON.stringify(users)), count: users.length };
    }
  }
}
