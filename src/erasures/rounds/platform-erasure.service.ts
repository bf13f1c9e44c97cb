import { Injectable } from '@nestjs/common';
import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import { RateLimiter } from '../../deliveries/tags/rate-limiter.js';
import type { FoundMember } from '../../members/members-finder.js';
import { MembershipService } from '../../membership/membership.service.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { type ConfiguredTarget, ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';
import { deliveries } from '../../storage/schema.js';
import { OPEN_STATES } from '../../deliveries/delivery-state.js';
import { firstIdOf } from '../../common/paging/first-id.js';

/** How the removals of one tag stand. */
export interface RemovalState {
  readonly isSettled: boolean;
  readonly failed: number;
  /** Of a failed one: the platform's reason, without values. */
  readonly error: string | null;
}

const CALL_TIMEOUT_MS = 60_000;

/** Takes a person out of the audiences of a tag, and out of its account where the platform has that. */
@Injectable()
export class PlatformErasure {
  constructor(
    private readonly database: Database,
    private readonly catalogue: ProviderCatalogue,
    private readonly limiter: RateLimiter,
    private readonly membership: MembershipService,
  ) {}

  /** Whether the account as a whole can be told. */
  hasAccountErasure({ provider, tag }: ConfiguredTarget): boolean {
    return this.catalogue.provider(provider).manager(tag).erase !== undefined;
  }

  /**
   * Sends a removal to audiences of the tag: to all that take users, or only to those named.
   *
   * @param known what is stored of the person: platforms look for what was added
   * @returns the sessions
   */
  async removeFrom(
    { provider, tag }: ConfiguredTarget,
    person: AudienceUser,
    known: readonly FoundMember[],
    only?: ReadonlySet<number>,
  ): Promise<string[]> {
    const audiences = await this.database.query
      .select()
      .from(customAudiences)
      .where(
        and(
          eq(customAudiences.provider, provider),
          eq(customAudiences.tag, tag),
          eq(customAudiences.type, 'customer-list'),
          // Nobody is sent to a lookalike.
          isNull(customAudiences.seed),
          only && inArray(customAudiences.number, [...only]),
        ),
      );
    const sessions: string[] = [];
    for (const audience of audiences) {
      const mine = known.filter(({ audience: number }) => number === audience.number).map(({ user }) => user);
      const users = mine.length > 0 ? mine.map((user) => ({ ...user, ...person })) : [person];
      const slice = { json: Buffer.from(JSON.stringify(users)), count: users.length };
      sessions.push(await this.membership.store(audience, { mode: 'remove', origin: 'erasure' }, [slice]));
    }
    return sessions;
  }

  async removals(sessions: readonly string[]): Promise<RemovalState> {
    if (sessions.length === 0) return { isSettled: true, failed: 0, error: null };
    const [row] = await this.database.query
      .select({
        open: sql<number>`count(*) filter (where ${inArray(deliveries.state, OPEN_STATES)})::int`,
        failed: sql<number>`count(*) filter (where ${deliveries.state} in ('failed', 'cancelled'))::int`,
        error: sql<string | null>`max(${deliveries.errorMessage}) filter (where ${deliveries.state} = 'failed')`,
      })
      .from(deliveries)
      .where(inArray(deliveries.session, [...sessions]));
    return { isSettled: row!.open === 0, failed: row!.failed, error: row!.error };
  }

  /** @throws ProviderError, TagBusyError */
  async eraseFromAccount({ provider: id, tag }: ConfiguredTarget, people: readonly AudienceUser[]): Promise<void> {
    const provider = this.catalogue.provider(id);
    const rows = provider.prepare(people, tag).rows.map(({ row }) => row);
    // What the platform has no use for it does not have either.
    if (rows.length === 0) return;
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const quota = { provider: id, quota: provider.quota(tag) };
    await this.limiter.take(quota, provider.limitsOf(tag).callsPerMinute, signal);
    await provider.manager(tag).erase!(rows, { signal });
  }

  /** Deliveries that read a batch before it was rewritten may still send what was in it. */
  async hasRunningSince(blankedAt: Date): Promise<boolean> {
    // Claims are UUIDs of version 7, which tell when they were made.
    const [row] = await this.database.query
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.state, 'running'), sql`${deliveries.claim} < ${firstIdOf(blankedAt.getTime())}::uuid`))
      .limit(1);
    return row !== undefined;
  }
}
