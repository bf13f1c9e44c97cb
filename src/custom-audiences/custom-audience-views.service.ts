import { Injectable } from '@nestjs/common';
import { AppConfig } from '../config/config.js';
import { AudienceDeliveries } from '../deliveries/audience-deliveries.repository.js';
import { Database } from '../storage/database.js';
import type { CustomAudienceDto } from './dto/custom-audience.dto.js';
import type { CustomerListDto, LookalikeRefDto } from './dto/custom-audience-parts.dto.js';
import { CustomAudienceListsRepository, type RelatedAudience } from './records/custom-audience-lists.repository.js';
import type { CustomAudienceRow } from './records/custom-audience-row.js';

/** What is told of custom audiences beyond their records. */
interface Surroundings {
  readonly uploads: ReadonlyMap<string, number>;
  /** Without a members store nobody can tell how many there are. */
  readonly keepsMembers: boolean;
  readonly related: readonly RelatedAudience[];
}

/** Custom audiences as the API shows them. */
@Injectable()
export class CustomAudienceViews {
  constructor(
    private readonly database: Database,
    private readonly lists: CustomAudienceListsRepository,
    private readonly deliveries: AudienceDeliveries,
    private readonly config: AppConfig,
  ) {}

  async of(row: CustomAudienceRow): Promise<CustomAudienceDto> {
    const [view] = await this.ofAll([row]);
    return view!;
  }

  async ofAll(rows: readonly CustomAudienceRow[]): Promise<CustomAudienceDto[]> {
    const lists = rows.filter(isCustomerList);
    const [uploads, related] = await Promise.all([
      this.deliveries.sessionCounts(
        this.database.query,
        lists.map(({ id }) => id),
      ),
      this.lists.lookalikes(rows),
    ]);
    return rows.map((row) => viewOf(row, { uploads, keepsMembers: this.config.keepsMembers, related }));
  }
}

function viewOf(row: CustomAudienceRow, surroundings: Surroundings): CustomAudienceDto {
  return {
    ...asRecorded(row),
    platform: row.provider,
    customerList: isCustomerList(row) ? customerListOf(row, surroundings) : null,
    lookalikeAudiences: lookalikesOf(row, surroundings.related),
    lastUpdated: instantOf(row.lastUpdated),
    polledAt: instantOf(row.polledAt),
    createdAt: row.createdAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}

/** The columns that are shown as they are. */
const SHOWN = [
  ...(['id', 'name', 'business', 'tag', 'account', 'audienceId', 'type', 'source', 'status', 'statusReason'] as const),
  ...(['warnings', 'description', 'pixel', 'websiteRules', 'appEvents', 'engagementType'] as const),
  ...(['engagementSources', 'retentionDays', 'size', 'minimumSize', 'dataUploadMethod', 'matchingRate'] as const),
  ...(['matchedUsers', 'uploadedRecords', 'estimates', 'campaigns', 'ads', 'exclusions', 'seed'] as const),
  ...(['autoUpdate', 'updateFrequency', 'gdprCompliant', 'consentCollected', 'tags', 'metadata'] as const),
] as const;

function asRecorded(row: CustomAudienceRow): Pick<CustomAudienceRow, (typeof SHOWN)[number]> {
  return Object.fromEntries(SHOWN.map((column) => [column, row[column]])) as Pick<
    CustomAudienceRow,
    (typeof SHOWN)[number]
  >;
}

function isCustomerList({ type }: CustomAudienceRow): boolean {
  return type === 'customer-list';
}

function customerListOf(
  { id, uploadedRecords, lastUploadAt }: CustomAudienceRow,
  { uploads, keepsMembers }: Surroundings,
): CustomerListDto {
  return {
    // Kept in step with the store: counting ten million rows takes seconds.
    members: keepsMembers ? uploadedRecords : null,
    lastUploadAt: instantOf(lastUploadAt),
    uploads: uploads.get(id) ?? 0,
  };
}

/** Those that we made, and those that only the platform tells of; null when there are none and it does not tell. */
function lookalikesOf(row: CustomAudienceRow, related: readonly RelatedAudience[]): LookalikeRefDto[] | null {
  const told = row.lookalikeAudiences;
  const ours = related.filter(
    ({ provider, account, audienceId, seed }) =>
      seed === row.id ||
      (provider === row.provider && account === row.account && audienceId !== null && told?.includes(audienceId)),
  );
  const unknown = (told ?? []).filter((audienceId) => !ours.some((one) => one.audienceId === audienceId));
  if (told === null && ours.length === 0) return null;
  return [
    ...ours.map(({ id, audienceId, name }) => ({ id, audienceId, name })),
    ...unknown.map((audienceId) => ({ id: null, audienceId, name: null })),
  ];
}

function instantOf(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}
