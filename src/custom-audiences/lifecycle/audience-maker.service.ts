import { Injectable } from '@nestjs/common';
import { ProblemException } from '../../common/problem.exception.js';
import {
  type AudienceFactory,
  RemoteAudienceService,
  type SegmentKey,
} from '../../deliveries/remote-audience.service.js';
import { EventsWriter, type NewEvent } from '../../events/events-writer.js';
import type { ManagementContext } from '../../providers/contract/audience-manager.js';
import type { RemoteAudience } from '../../providers/contract/audience-provider.js';
import { Database, type Transaction } from '../../storage/database.js';
import { PlatformCalls } from '../platform/platform-calls.service.js';
import type { CustomAudienceRow, CustomAudienceValues } from '../records/custom-audience-row.js';
import { CustomAudiencesRepository } from '../records/custom-audiences.repository.js';

/** How an audience comes to be on its platform. */
export interface Making {
  /** Who finds or makes it, once for a name in an account. */
  readonly factory: AudienceFactory;
  /** One that is there already is not this one: it cannot be filled by hand, so nobody can have meant the other. */
  readonly isAlwaysNew: boolean;
  /** It cannot be made before it has users: only looked for. */
  readonly isMadeOfUsers?: boolean;
  /** What is left to do on the platform; must be harmless when repeated. */
  readonly finish?: (audience: RemoteAudience, ctx: ManagementContext) => Promise<void>;
  /** Told and written together with the new record. */
  readonly conclude?: (tx: Transaction, made: CustomAudienceRow) => Promise<readonly NewEvent[]>;
}

/**
 * Makes a record and its audience so that both are there or none: the record comes first and is pending, then the platform is
 * asked, then the record is told of. What broke off in between is completed by the same request again.
 */
@Injectable()
export class AudienceMaker {
  constructor(
    private readonly database: Database,
    private readonly records: CustomAudiencesRepository,
    private readonly remotes: RemoteAudienceService,
    private readonly calls: PlatformCalls,
    private readonly events: EventsWriter,
  ) {}

  /** @throws ProblemException 409 when the account has a custom audience of this name; what the platform refuses */
  async make(values: CustomAudienceValues, making: Making): Promise<CustomAudienceRow> {
    const { row, isNew } = await this.open(values);
    const key = { provider: row.provider, account: row.account, segment: row.name };
    try {
      if (isNew && making.isAlwaysNew && (await this.remotes.find(key))) throw nameTaken(undefined);
      const remote = await this.calls.call(row, (ctx) => this.onPlatform(row, key, making, ctx));
      return await this.conclude(row, remote?.id ?? null, making);
    } catch (error) {
      if (isNew && isRefusal(error) && !(await this.isMade(key, making))) await this.records.deletePending(row.id);
      throw error;
    }
  }

  private async open(values: CustomAudienceValues): Promise<{ row: CustomAudienceRow; isNew: boolean }> {
    for (;;) {
      const made = await this.records.insert(this.database.query, values);
      if (made) return { row: made, isNew: true };
      const known = await this.records.findNamed(values, values.name);
      if (known && (await this.records.isAnnounced(this.database.query, known.id))) throw nameTaken(known.id);
      const row = known && (await this.records.write(this.database.query, known.id, values));
      if (row) return { row, isNew: false };
      // Deleted between two statements.
    }
  }

  private async onPlatform(
    row: CustomAudienceRow,
    key: SegmentKey,
    making: Making,
    ctx: ManagementContext,
  ): Promise<RemoteAudience | undefined> {
    const { factory, isMadeOfUsers, finish } = making;
    const creation = { ...ctx, deliveryId: row.id, audienceType: 'custom', firstChunk: [] } as const;
    const remote = isMadeOfUsers
      ? ((await this.remotes.find(key)) ?? (await factory.findAudience(row.name, creation)))
      : await this.remotes.ensure(key, factory, creation);
    if (remote) await finish?.(remote, ctx);
    return remote;
  }

  private async conclude(
    { id }: CustomAudienceRow,
    audienceId: string | null,
    making: Making,
  ): Promise<CustomAudienceRow> {
    return this.database.transaction(async (tx) => {
      const row = await this.records.lock(tx, id);
      if (!row)
        throw new ProblemException(409, 'audience-deleted', 'The custom audience was deleted while it was made');
      const created = await this.records.announce(tx, row, { audienceId: audienceId ?? row.audienceId });
      const made = (await this.records.find(id, tx))!;
      const others = (await making.conclude?.(tx, made)) ?? [];
      // Of two requests that made it together, one tells of it.
      await this.events.record(tx, created.length > 0 ? [...created, ...others] : []);
      return made;
    });
  }

  /** Whether the platform has it, although it refused something: then the record stays, to be completed. */
  private async isMade(key: SegmentKey, { isAlwaysNew }: Making): Promise<boolean> {
    return !isAlwaysNew && (await this.remotes.find(key)) !== undefined;
  }
}

/** A refusal for good, unlike an answer that did not come: the platform may have done it all the same. */
function isRefusal(error: unknown): boolean {
  return error instanceof ProblemException && error.getStatus() !== 503;
}

function nameTaken(id: string | undefined): ProblemException {
  const sentence = 'This account has an audience of this name already';
  const headers = id === undefined ? undefined : { Location: `/custom-audiences/${id}` };
  return new ProblemException(409, 'audience-exists', sentence, {
    headers,
    errors: [{ field: 'name', message: sentence, id }],
  });
}
