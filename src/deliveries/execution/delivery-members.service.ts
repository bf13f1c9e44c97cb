import { Injectable } from '@nestjs/common';
import { eq, sql } from 'drizzle-orm';
import type { UploadMode } from '../../common/upload-modes.js';
import { digestOf } from '../../members/member-digests.js';
import { type FoundMember, MembersFinder } from '../../members/members-finder.js';
import { type GivenMember, type MemberScope, MembersStore } from '../../members/members-store.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import type { Queryable } from '../../storage/database.js';
import { HandBackError } from './delivery-claim.js';
import { withoutShared, withStored } from './removed-users.js';

/** What a delivery is to do with the members of its custom audience. */
export interface MemberTask {
  readonly mode: UploadMode;
  /** Absent where the delivery belongs to no custom audience. */
  readonly scope?: MemberScope;
  /** Of those who left a mirror: a session from this number on keeps whom it has brought. */
  readonly leftBefore?: number;
}

/** What a delivery means for the members of its custom audience. */
export interface MemberPlan extends MemberTask {
  /** As they are sent: a removal says all that is known of a member, because platforms match on what was added. */
  readonly users: readonly AudienceUser[];
  /** The same with their digests; empty without a members store. */
  readonly given: readonly GivenMember[];
  /** Users of whom the platform need not be told, by index: it has them already, or is to keep what it knows of them. */
  readonly unsent: ReadonlySet<number>;
  /** Users who are not to leave after all, by index. */
  readonly skipped: ReadonlySet<number>;
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
  /** The deliveries of a batch have their users in common, and so what is worked out of them. */
  private readonly known = new WeakMap<readonly AudienceUser[], readonly GivenMember[]>();

  constructor(
    private readonly store: MembersStore,
    private readonly finder: MembersFinder,
  ) {}

  /** The same for every attempt, but for what other deliveries have changed meanwhile. */
  async plan(task: MemberTask, users: readonly AudienceUser[]): Promise<MemberPlan> {
    const { mode, scope } = task;
    const none = { unsent: new Set<number>(), skipped: new Set<number>(), leaving: new Map<number, FoundMember[]>() };
    if (!scope || !this.store.isOn) return { ...task, users, given: [], ...none };
    const plan = { ...task, users, given: this.given(users), ...none };
    if (mode === 'remove') return this.removal(plan, scope.audience);
    return mode === 'mirror' ? { ...plan, unsent: await this.store.bring(scope, plan.given) } : plan;
  }

  /** The platform took these users in, or out. In the transaction that records its answer. */
  async accepted(tx: Queryable, { mode, scope, given, leaving }: MemberPlan, indexes: readonly number[]) {
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
    const taken = indexes.map((index) => given[index]!).filter(({ user }) => Object.keys(user).length > 0);
    const { added } = await this.store.put(tx, scope, taken);
    await this.count(tx, scope, added);
    return { added, removed: 0 };
  }

  /**
   * Users of whom the platform was not told.
   *
   * @throws HandBackError when some have to be told of by now: the platform lost the audience, or they were erased
   */
  async unsent(tx: Queryable, plan: MemberPlan, indexes: readonly number[]): Promise<MemberChanges> {
    const { mode, scope, given } = plan;
    if (mode === 'remove') return this.accepted(tx, plan, indexes);
    if (scope && indexes.length > 0) {
      const there = await this.store.unchanged(
        tx,
        scope.audience,
        indexes.map((index) => given[index]!),
      );
      if (there.length < indexes.length) throw new HandBackError();
    }
    return NOBODY;
  }

  /** The platform has lost the audience, and everybody in it. */
  async lost(tx: Queryable, { scope }: MemberPlan): Promise<void> {
    if (!scope) return;
    if (this.store.isOn) await this.store.clear(tx, scope.audience);
    await tx.update(customAudiences).set({ uploadedRecords: 0 }).where(eq(customAudiences.number, scope.audience));
  }

  private given(users: readonly AudienceUser[]): readonly GivenMember[] {
    const given = this.known.get(users) ?? this.store.given(users);
    this.known.set(users, given);
    return given;
  }

  private async removal(plan: MemberPlan, audience: number): Promise<MemberPlan> {
    const { leftBefore, users } = plan;
    const asked = plan.given.map(({ digests }) => digests);
    const leaving =
      leftBefore === undefined
        ? await this.finder.find(audience, asked)
        : await this.finder.leavers(audience, asked, leftBefore);
    const stays = (index: number) => leftBefore !== undefined && !leaving.has(index);
    const skipped = new Set([...users.keys()].filter(stays));
    const given = this.store.given(users.map((user, index) => withStored(user, leaving.get(index))));
    // All who have what the caller has given leave: it is shared with nobody.
    const named = new Set(leftBefore === undefined ? asked.flatMap(({ email, phone }) => [email, phone]) : []);
    const others = (name: 'email' | 'phone') =>
      [...leaving.keys()].flatMap((index) => given[index]!.digests[name] ?? []).filter((digest) => !named.has(digest));
    const keys = new Set([...leaving.values()].flat().map(({ key }) => digestOf(key)));
    const wanted = { email: others('email'), phone: others('phone') };
    const shared = await this.finder.sharedWithOthers(audience, wanted, keys);
    return { ...plan, given, leaving, skipped, ...withoutShared(given, shared) };
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
