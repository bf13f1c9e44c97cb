import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import type { UploadMode } from '../../common/upload-modes.js';
import { type FoundMember, MembersFinder } from '../../members/members-finder.js';
import { type MemberScope, MembersStore } from '../../members/members-store.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import type { Queryable } from '../../storage/database.js';

/** What a delivery means for the members of its custom audience. */
export interface MemberPlan {
  readonly mode: UploadMode;
  /** Absent where the delivery belongs to no custom audience. */
  readonly scope?: MemberScope;
  /** As they are sent: a removal says all that is known of a member, because platforms match on what was added. */
  readonly users: readonly AudienceUser[];
  /** Users whom a mirror need not send, by index. */
  readonly unchanged: ReadonlySet<number>;
  /** Of a removal: who is meant by each user. */
  readonly leaving: ReadonlyMap<number, readonly FoundMember[]>;
}

/** What an answer of the platform changed among the members; null without a members store. */
export interface MemberChanges {
  readonly added: number;
  readonly removed: number;
}

const NOBODY: MemberChanges = { added: 0, removed: 0 };

/** Brings the members store along with what platforms are told. */
@Injectable()
export class DeliveryMembers {
  constructor(
    private readonly store: MembersStore,
    private readonly finder: MembersFinder,
  ) {}

  /** Pure reading: the same for every attempt, but for what other deliveries have changed meanwhile. */
  async plan(mode: UploadMode, scope: MemberScope | undefined, users: readonly AudienceUser[]): Promise<MemberPlan> {
    const plan = { mode, scope, users, unchanged: new Set<number>(), leaving: new Map<number, FoundMember[]>() };
    if (!scope || !this.store.isOn || mode === 'append') return plan;
    if (mode === 'mirror') return { ...plan, unchanged: await this.store.unchanged(scope.audience, users) };
    const leaving = await this.finder.find(scope.audience, users);
    return { ...plan, leaving, users: users.map((user, index) => withStored(user, leaving.get(index))) };
  }

  /** The platform took these users in, or out. In the transaction that records its answer. */
  async accepted(tx: Queryable, { mode, scope, users, leaving }: MemberPlan, indexes: readonly number[]) {
    if (!scope || indexes.length === 0) return NOBODY;
    if (!this.store.isOn) {
      await this.count(tx, scope, mode === 'remove' ? -indexes.length : indexes.length);
      return NOBODY;
    }
    if (mode === 'remove') {
      const keys = indexes.flatMap((index) => (leaving.get(index) ?? []).map(({ key }) => key));
      const removed = await this.store.remove(tx, scope.audience, keys);
      await this.count(tx, scope, -removed);
      return { added: 0, removed };
    }
    // An erasure leaves an empty user behind.
    const given = indexes.map((index) => users[index]!).filter((user) => Object.keys(user).length > 0);
    const { added } = await this.store.put(tx, scope, given);
    await this.count(tx, scope, added);
    return { added, removed: 0 };
  }

  /** Users who need not be sent were brought by this session, too. */
  async unsent(tx: Queryable, plan: MemberPlan, indexes: readonly number[]): Promise<MemberChanges> {
    if (plan.mode === 'remove') return this.accepted(tx, plan, indexes);
    if (plan.scope && indexes.length > 0) {
      await this.store.keep(
        tx,
        plan.scope,
        indexes.map((index) => plan.users[index]!),
      );
    }
    return NOBODY;
  }

  /** The platform has lost the audience, and everybody in it. */
  async lost(tx: Queryable, { scope }: MemberPlan): Promise<void> {
    if (!scope || !this.store.isOn) return;
    await this.store.clear(tx, scope.audience);
    await tx.update(customAudiences).set({ uploadedRecords: 0 }).where(eq(customAudiences.number, scope.audience));
  }

  private async count(tx: Queryable, { audience }: MemberScope, change: number): Promise<void> {
    await tx
      .update(customAudiences)
      .set({
        uploadedRecords: sql`greatest(0, ${customAudiences.uploadedRecords} + ${change})`,
        // What was changed is asked for soon.
        lastUploadAt: sql`now()`,
      })
      .where(eq(customAudiences.number, audience));
  }
}

/** What was given goes before what is stored. */
function withStored(user: AudienceUser, stored: readonly FoundMember[] | undefined): AudienceUser {
  if (!stored) return user;
  return Object.assign({}, ...stored.map((member) => member.user).reverse(), user) as AudienceUser;
}
