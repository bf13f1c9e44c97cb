import type { SQL } from 'drizzle-orm';
import type { WebsiteRule } from '../../providers/contract/audience-manager.js';
import type {
  CustomAudienceStatus,
  CustomAudienceType,
  EngagementType,
} from '../../providers/contract/custom-audience-words.js';
import type { customAudiences } from '../../storage/custom-audience-schema.js';

/** What an app audience is made of. */
export interface AppEvents {
  readonly appId: string;
  readonly events: readonly string[];
}

/** Where the data of an audience comes from. */
export const CUSTOM_AUDIENCE_SOURCES = ['crm', 'pixel', 'sdk', 'offline-events', 'partner-integration'] as const;
export type CustomAudienceSource = (typeof CUSTOM_AUDIENCE_SOURCES)[number];

/** How often `autoUpdate` sends the stored members again. */
export const UPDATE_FREQUENCIES = ['daily', 'weekly', 'real-time'] as const;
export type UpdateFrequency = (typeof UPDATE_FREQUENCIES)[number];

/** How users come into it. */
export const DATA_UPLOAD_METHODS = ['api', 'csv', 'tag', 'connector'] as const;

/** The columns that hold words of ours, and JSON of ours. */
interface Words {
  readonly type: CustomAudienceType;
  readonly source: CustomAudienceSource;
  readonly status: CustomAudienceStatus;
  readonly engagementType: EngagementType | null;
  readonly updateFrequency: UpdateFrequency | null;
  readonly websiteRules: readonly WebsiteRule[] | null;
  readonly appEvents: AppEvents | null;
}

/** One record. */
export type CustomAudienceRow = Omit<typeof customAudiences.$inferSelect, keyof Words> & Words;

/**
 * Whether it may be one that was begun by hand and that nobody was told of yet: those are not polled. Cheap, and true of a few
 * others; `isAnnounced` of the repository knows.
 */
export function isPending({ pollAt }: Pick<CustomAudienceRow, 'pollAt'>): boolean {
  return pollAt === null;
}

/** What may be set of a record. */
export type RecordChange = Partial<
  Omit<CustomAudienceRow, 'id' | 'number' | 'version' | 'createdAt' | 'updatedAt' | 'pollAt' | 'refreshAt'>
> & { readonly pollAt?: SQL; readonly refreshAt?: SQL | null };

/** What a new record needs to be told; everything else has a beginning of its own. */
export type CustomAudienceValues = RecordChange &
  Pick<CustomAudienceRow, 'provider' | 'tag' | 'account' | 'name' | 'type' | 'source'>;
