import { Injectable } from '@nestjs/common';
import { and, eq, inArray } from 'drizzle-orm';
import { identifiersOf } from '../../members/member-identity.js';
import { type FoundMember, MembersFinder } from '../../members/members-finder.js';
import { MembersStore } from '../../members/members-store.js';
import type { ConfiguredTarget } from '../../providers/provider-catalogue.service.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';
import { ErasuresRepository, type Person } from '../erasures.repository.js';
import { StoredTraces } from './stored-traces.service.js';

/** What our own database knows of a person. */
@Injectable()
export class StoreErasure {
  constructor(
    private readonly database: Database,
    private readonly repository: ErasuresRepository,
    private readonly finder: MembersFinder,
    private readonly members: MembersStore,
    private readonly traces: StoredTraces,
  ) {}

  find(lookups: Parameters<MembersFinder['everywhere']>[0]): Promise<FoundMember[]> {
    return this.finder.everywhere(lookups);
  }

  /** Takes the person out of what waits to be delivered and out of what was refused. */
  async blank(erasure: string, person: Person, found: readonly FoundMember[]): Promise<{ readonly waiting: number }> {
    const { blanked, waiting } = await this.traces.blankPayloads(identifiersOf(person));
    const ids = [person.edgeTagId, ...found.map(({ user }) => user.edgeTagId)].filter((id) => id !== undefined);
    const rejections = await this.traces.blankRejections(new Set(ids));
    await this.repository.recordStore(erasure, { batches: blanked, rejections });
    return { waiting };
  }

  /** The numbers of the tag's audiences that the person is in. */
  async among({ provider, tag }: ConfiguredTarget, found: readonly FoundMember[]): Promise<ReadonlySet<number>> {
    if (found.length === 0) return new Set();
    const numbers = [...new Set(found.map(({ audience }) => audience))];
    const { number } = customAudiences;
    const rows = await this.database.query
      .select({ number })
      .from(customAudiences)
      .where(and(eq(customAudiences.provider, provider), eq(customAudiences.tag, tag), inArray(number, numbers)));
    return new Set(rows.map((row) => row.number));
  }

  /** What platforms did not confirm is forgotten all the same: the receipt says so. */
  async forget(found: readonly FoundMember[]): Promise<void> {
    for (const { audience, key } of found) {
      await this.database.transaction((tx) => this.members.remove(tx, audience, [key]));
    }
  }
}
