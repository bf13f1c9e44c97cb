import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { ProblemException } from '../../common/problem.exception.js';
import { EventsWriter, type NewEvent } from '../../events/events-writer.js';
import { Database, type Transaction } from '../../storage/database.js';
import { checkMatch } from '../entity-tag.js';
import { PlatformCalls } from '../platform/platform-calls.service.js';
import { AudienceMembersRepository } from '../records/audience-members.repository.js';
import type { CustomAudienceRow } from '../records/custom-audience-row.js';
import { CustomAudiencesRepository } from '../records/custom-audiences.repository.js';
import { AudienceTies } from './audience-ties.service.js';

const ASK_AGAIN_MS = 200;
/** A delivery that makes the audience anew is soon done, or its process is dead and its lock runs out. */
const LONGEST_MS = 60_000;
/** Longer than a deletion takes; after that, what one that was killed left behind is seen. */
const UNPOLLED_SECONDS = 120;

/** Deletes custom audiences: on the platform first, so that what it refuses to delete stays whole. */
@Injectable()
export class AudienceDeletion {
  constructor(
    private readonly database: Database,
    private readonly records: CustomAudiencesRepository,
    private readonly members: AudienceMembersRepository,
    private readonly ties: AudienceTies,
    private readonly calls: PlatformCalls,
    private readonly events: EventsWriter,
  ) {}

  /**
   * Deletes the platform's audience, cancels what was on its way to it, and forgets its members and the record. What broke off
   * in between is completed by the same request again.
   *
   * @param ifMatch entity tags of which the record must have one
   * @throws ProblemException 409 when the platform refuses, 412 for another version, 422 when it cannot delete, 503 while a delivery makes it
   */
  async delete(row: CustomAudienceRow, ifMatch?: string): Promise<void> {
    checkMatch(ifMatch, row);
    // The platform loses the audience before the record goes: a poll in between would tell that it is missing.
    await this.ties.postponePoll(row, UNPOLLED_SECONDS);
    try {
      await this.deleteWhole(row);
    } catch (error) {
      await this.ties.postponePoll(row, 0);
      throw error;
    }
  }

  private async deleteWhole(row: CustomAudienceRow): Promise<void> {
    const end = Date.now() + LONGEST_MS;
    while (Date.now() < end) {
      const remoteId = (await this.ties.remoteOf(row)) ?? row.audienceId ?? undefined;
      if (remoteId !== undefined) await this.deleteRemote(row, remoteId);
      await this.ties.cancelOpen(row);
      await this.members.forget(row.number);
      if (await this.database.transaction((tx) => this.forget(tx, row, remoteId))) return;
      // A delivery is about to make the audience anew, or has made it: that one goes as well.
      await sleep(ASK_AGAIN_MS);
    }
    const headers = { 'Retry-After': '10' };
    throw new ProblemException(503, 'audience-busy', 'A delivery is making the audience anew; try again', { headers });
  }

  private async deleteRemote(row: CustomAudienceRow, remoteId: string): Promise<void> {
    const manager = this.calls.manager(row, 'delete', 'delete');
    await this.calls.call(row, (ctx) => manager.delete(remoteId, ctx), 409);
  }

  /** @returns whether nothing is left; what is in another's hands stays for another round */
  private async forget(tx: Transaction, { id }: CustomAudienceRow, remoteId: string | undefined): Promise<boolean> {
    // The lock has new deliveries wait for the end of this transaction, and make a record of their own then.
    const row = await this.records.lock(tx, id);
    if (!row) return true;
    if (!(await this.ties.cut(tx, row, remoteId))) return false;
    await this.members.forget(row.number, tx);
    const isKnown = await this.records.isAnnounced(tx, id);
    await this.records.delete(tx, id);
    await this.events.record(tx, isKnown ? [deletedEvent(row)] : []);
    return true;
  }
}

function deletedEvent(row: CustomAudienceRow): NewEvent {
  const { id, provider, tag, name, audienceId } = row;
  return { type: 'deleted', audience: { id, provider, tag }, data: { name, audienceId } };
}
