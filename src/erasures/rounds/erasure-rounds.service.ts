import { Injectable, Logger, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { RecurringWork } from '../../common/recurring-work.js';
import { AppConfig } from '../../config/config.js';
import { TagBusyError } from '../../deliveries/tags/rate-limiter.js';
import { MemberCipher } from '../../members/member-cipher.js';
import { identifiersOf } from '../../members/member-identity.js';
import { type FoundMember } from '../../members/members-finder.js';
import { ProviderError } from '../../providers/contract/provider-errors.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { type ErasureRow, ErasuresRepository, type ErasureTagRow, type Person } from '../erasures.repository.js';
import { PlatformErasure } from './platform-erasure.service.js';
import { StoreErasure } from './store-erasure.service.js';

const EVERY_MS = 1_000;
const SLOWEST_MS = 60_000;

/**
 * Erasures are done in rounds, each of which looks for what is left: in our own store, in every audience, in the account. One is
 * completed when a round finds nothing more and nothing is on its way that could bring the person back.
 */
@Injectable()
export class ErasureRounds implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly loop = new RecurringWork(EVERY_MS, () => this.run(), new Logger(ErasureRounds.name));

  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
    private readonly repository: ErasuresRepository,
    private readonly store: StoreErasure,
    private readonly platforms: PlatformErasure,
    private readonly digests: MemberCipher,
  ) {}

  onApplicationBootstrap(): void {
    if (this.config.role !== 'api') this.loop.start();
  }

  onModuleDestroy(): Promise<void> {
    return this.loop.stop();
  }

  /** All rounds that are due. Safe to run in several processes. */
  async run(): Promise<void> {
    for (let due = await this.repository.claim(); due; due = await this.repository.claim()) {
      try {
        await this.round(due);
      } catch (error) {
        await this.repository.again(due.id, SLOWEST_MS);
        throw error;
      }
    }
  }

  private async round(erasure: ErasureRow): Promise<void> {
    const person = await this.repository.personOf(erasure);
    const lookups = this.digests.lookups(identifiersOf(person));
    const found = await this.store.find(lookups);
    const { waiting } = await this.store.blank(erasure.id, person, found);
    if (erasure.rounds === 1) await this.begin(erasure, person, found);
    let isDone = waiting === 0 && !(await this.platforms.hasRunningSince(erasure.blankedAt ?? new Date()));
    for (const tag of await this.repository.tagsOf(erasure.id)) {
      if (!(await this.carryOn(tag, person, found))) isDone = false;
    }
    const afterMs = Math.min(SLOWEST_MS, 250 * 2 ** Math.min(erasure.rounds, 10));
    // The first round alone cannot tell that nothing came in behind its back.
    if (!isDone || erasure.rounds === 1) return this.repository.again(erasure.id, afterMs);
    await this.store.forget(found);
    const tags = await this.repository.tagsOf(erasure.id);
    const state = tags.some((tag) => tag.state === 'failed') ? 'completed-with-errors' : 'completed';
    await this.repository.complete(erasure.id, state);
  }

  private async begin({ id }: ErasureRow, person: Person, found: readonly FoundMember[]): Promise<void> {
    await this.repository.recordStore(id, { members: found.length });
    for (const target of this.catalogue.targets()) {
      const sessions = await this.platforms.removeFrom(target, person, found);
      const account = this.platforms.hasAccountErasure(target) ? 'processing' : 'not-offered';
      const audiences = sessions.length;
      await this.repository.addTag({ erasure: id, ...target, state: 'processing', sessions, audiences, account });
    }
  }

  /** @returns whether nothing is left to do at the tag */
  private async carryOn(row: ErasureTagRow, person: Person, found: readonly FoundMember[]): Promise<boolean> {
    const removals = await this.platforms.removals(row.sessions);
    if (!removals.isSettled) return false;
    const again = await this.removeAgain(row, person, found, removals.failed > 0);
    if (again) return false;
    const account = row.account === 'processing' ? await this.eraseFromAccount(row, person, found) : row;
    if (account === undefined) return false;
    const hasFailed = removals.failed > 0 || account.account === 'failed';
    const state = hasFailed ? 'failed' : 'completed';
    const error = removals.error ?? account.error;
    await this.repository.updateTag(row, { state, error, completedAt: row.completedAt ?? new Date() });
    return true;
  }

  /** Somebody brought the person again, or a delivery did that was on its way. */
  private async removeAgain(row: ErasureTagRow, person: Person, found: readonly FoundMember[], hasFailed: boolean) {
    if (hasFailed) return false;
    if ((await this.store.among(row, found)).size === 0) return false;
    // The removals may have been at it when it was looked.
    const now = await this.store.find(this.digests.lookups(identifiersOf(person)));
    const left = await this.store.among(row, now);
    if (left.size === 0) return false;
    const more = await this.platforms.removeFrom(row, person, found, left);
    await this.repository.updateTag(row, { sessions: [...row.sessions, ...more], state: 'processing' });
    return more.length > 0;
  }

  /** Nothing: it is tried again in the next round. */
  private async eraseFromAccount(row: ErasureTagRow, person: Person, found: readonly FoundMember[]) {
    try {
      await this.platforms.eraseFromAccount(row, [person, ...found.map(({ user }) => ({ ...user, ...person }))]);
      await this.repository.updateTag(row, { account: 'completed' });
      return { account: 'completed', error: null };
    } catch (error) {
      if (error instanceof TagBusyError) return undefined;
      if (!(error instanceof ProviderError)) throw error;
      if (error.retryable) return undefined;
      await this.repository.updateTag(row, { account: 'failed', error: error.message });
      return { account: 'failed', error: error.message };
    }
  }
}
