import { Injectable } from '@nestjs/common';
import { isDeepStrictEqual } from 'node:util';
import { ProblemException } from '../../common/problem.exception.js';
import { AudienceDeliveries } from '../../deliveries/audience-deliveries.repository.js';
import { RemoteAudienceService } from '../../deliveries/remote-audience.service.js';
import { EventsWriter } from '../../events/events-writer.js';
import type { AudienceChange } from '../../providers/contract/audience-manager.js';
import { Database, type Transaction } from '../../storage/database.js';
import { sqlState } from '../../storage/query-error.js';
import type { UpdateCustomAudienceDto } from '../dto/update-custom-audience.dto.js';
import { checkMatch } from '../entity-tag.js';
import { refuseUnchangeable } from '../platform/audience-support.js';
import { PlatformCalls } from '../platform/platform-calls.service.js';
import type { CustomAudienceRow, RecordChange } from '../records/custom-audience-row.js';
import { CustomAudiencesRepository } from '../records/custom-audiences.repository.js';
import { nextRefresh } from './refresh-times.js';

const CHANGEABLE = [
  'name',
  'description',
  'business',
  'source',
  'retentionDays',
  'autoUpdate',
  'updateFrequency',
  'gdprCompliant',
  'consentCollected',
  'tags',
  'metadata',
] as const;
type Changeable = (typeof CHANGEABLE)[number];
type Change = Partial<Pick<CustomAudienceRow, Changeable>>;

const UNIQUE_VIOLATION = '23505';

/** Changes custom audiences by hand. */
@Injectable()
export class AudienceUpdate {
  constructor(
    private readonly database: Database,
    private readonly records: CustomAudiencesRepository,
    private readonly remotes: RemoteAudienceService,
    private readonly deliveries: AudienceDeliveries,
    private readonly calls: PlatformCalls,
    private readonly events: EventsWriter,
  ) {}

  /**
   * Changes the platform's audience where it has what is changed, then the record. What broke off in between is completed by
   * the same request again.
   *
   * @param ifMatch entity tags of which the record must have one
   * @throws ProblemException 409 for a name that is taken, 412 for another version, 422 for what the platform cannot change
   */
  async update(row: CustomAudienceRow, wanted: UpdateCustomAudienceDto, ifMatch?: string): Promise<CustomAudienceRow> {
    checkMatch(ifMatch, row);
    refuseSelfFilled(row, wanted);
    const change = changeOf(row, wanted);
    if (Object.keys(change).length === 0) return row;
    await this.refuseTakenName(row, change.name);
    await this.onPlatform(row, platformChange(change));
    try {
      return await this.database.transaction((tx) => this.write(tx, row.id, wanted, ifMatch));
    } catch (error) {
      if (sqlState(error) === UNIQUE_VIOLATION) throw nameTaken();
      throw error;
    }
  }

  private async onPlatform(row: CustomAudienceRow, change: AudienceChange): Promise<void> {
    if (Object.keys(change).length === 0) return;
    refuseUnchangeable(this.calls.provider(row), change);
    const manager = this.calls.manager(row, 'update', 'update');
    const { provider, account, name: segment } = row;
    const id = row.audienceId ?? (await this.remotes.find({ provider, account, segment }))?.id;
    if (id !== undefined) return this.calls.call(row, (ctx) => manager.update!(id, change, ctx));
    if (change.retentionDays === undefined) return;
    throw new ProblemException(
      409,
      'audience-not-there',
      'The platform has no such audience yet: its first users make it',
    );
  }

  private async write(
    tx: Transaction,
    id: string,
    wanted: UpdateCustomAudienceDto,
    ifMatch: string | undefined,
  ): Promise<CustomAudienceRow> {
    const row = await this.records.lock(tx, id);
    if (!row) throw new ProblemException(404, 'custom-audience-not-found', 'There is no custom audience with this id');
    checkMatch(ifMatch, row);
    const change = changeOf(row, wanted);
    const changed = Object.keys(change);
    if (changed.length === 0) return row;
    if (change.name !== undefined) {
      const { provider, account, name: segment } = row;
      await this.remotes.rename(tx, { provider, account, segment }, change.name);
      await this.deliveries.rename(tx, id, change.name);
    }
    const updated = (await this.records.update(tx, row, { ...change, ...refreshOf(row, change) }))!;
    await this.events.record(tx, [{ type: 'updated', audience: updated, data: { changed } }]);
    return updated;
  }

  private async refuseTakenName(row: CustomAudienceRow, name: string | undefined): Promise<void> {
    if (name !== undefined && (await this.records.findNamed(row, name))) throw nameTaken();
  }
}

/** What is said of the audience and differs. */
function changeOf(row: CustomAudienceRow, wanted: UpdateCustomAudienceDto): Change {
  const said = { ...wanted, ...(wanted.tags && { tags: [...new Set(wanted.tags)] }) };
  const differs = (field: Changeable) => said[field] !== undefined && !isDeepStrictEqual(said[field], row[field]);
  return Object.fromEntries(CHANGEABLE.filter(differs).map((field) => [field, said[field]]));
}

/** What of it the platform has as well. */
function platformChange({ name, description, retentionDays }: Change): AudienceChange {
  return {
    ...(name === undefined ? {} : { name }),
    ...(description === undefined ? {} : { description: description ?? '' }),
    ...(retentionDays == null ? {} : { retentionDays }),
  };
}

function refreshOf(row: CustomAudienceRow, change: Change): RecordChange {
  if (change.autoUpdate === undefined && change.updateFrequency === undefined) return {};
  const { autoUpdate, updateFrequency: said } = { ...row, ...change };
  const updateFrequency = said ?? (autoUpdate ? 'daily' : null);
  return { updateFrequency, refreshAt: nextRefresh(autoUpdate, updateFrequency) };
}

function refuseSelfFilled({ type }: CustomAudienceRow, { autoUpdate }: UpdateCustomAudienceDto): void {
  if (!autoUpdate || type === 'customer-list') return;
  const message = `autoUpdate does not go with ${type}, which fills itself`;
  throw new ProblemException(422, 'not-offered', message, { errors: [{ field: 'autoUpdate', message }] });
}

function nameTaken(): ProblemException {
  const sentence = 'This account has an audience of this name already';
  return new ProblemException(409, 'audience-exists', sentence, { errors: [{ field: 'name', message: sentence }] });
}
