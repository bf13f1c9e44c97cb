import {
  bigint,
  boolean,
  doublePrecision,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import { instant } from './schema.js';

/** Where an audience is used: a campaign, an ad group. */
interface StoredUse {
  id: string;
  name: string | null;
}

/**
 * One audience on one platform account. What the platform tells is written by the status poller alone; null: it does not tell.
 */
export const customAudiences = pgTable(
  'custom_audiences',
  {
    id: uuid().primaryKey(),
    /** A short name for the many rows of the members store. */
    number: integer().generatedAlwaysAsIdentity(),
    /** Changes with every update by hand: the entity tag. */
    version: integer().notNull().default(1),
    provider: text().notNull(),
    tag: text().notNull(),
    /** The account of the tag, as in `remote_audiences`. */
    account: text().notNull(),
    /** As on the platform, prefix included. */
    name: text().notNull(),
    /** The platform's id; null until it is there. */
    audienceId: text('audience_id'),
    type: text().notNull(),
    source: text().notNull(),
    business: text(),
    description: text(),
    status: text().notNull(),
    statusReason: text('status_reason'),
    /** What somebody should look at: `[{ code, message, since }]`. */
    warnings: jsonb().$type<{ code: string; message: string; since: string }[]>().notNull().default([]),
    pixel: text(),
    websiteRules: jsonb('website_rules'),
    appEvents: jsonb('app_events'),
    engagementType: text('engagement_type'),
    engagementSources: text('engagement_sources').array(),
    retentionDays: integer('retention_days'),
    size: bigint({ mode: 'number' }),
    matchedUsers: bigint('matched_users', { mode: 'number' }),
    matchingRate: doublePrecision('matching_rate'),
    /** Which of the figures are estimates. */
    estimates: text().array().notNull().default([]),
    minimumSize: integer('minimum_size'),
    dataUploadMethod: text('data_upload_method').notNull(),
    /** Users that the platform took from us: distinct where the members store is on. */
    uploadedRecords: bigint('uploaded_records', { mode: 'number' }).notNull().default(0),
    lastUploadAt: instant('last_upload_at'),
    campaigns: jsonb().$type<StoredUse[]>(),
    ads: jsonb().$type<StoredUse[]>(),
    exclusions: jsonb().$type<StoredUse[]>(),
    /** The platform's ids. */
    lookalikeAudiences: text('lookalike_audiences').array(),
    /** Of a lookalike: the custom audience it was made of. */
    seed: uuid(),
    /** When the platform last changed it. */
    lastUpdated: instant('last_updated'),
    autoUpdate: boolean('auto_update').notNull().default(false),
    updateFrequency: text('update_frequency'),
    /** When `autoUpdate` next sends the stored members again. */
    refreshAt: instant('refresh_at'),
    gdprCompliant: boolean('gdpr_compliant'),
    consentCollected: boolean('consent_collected'),
    tags: text().array().notNull().default([]),
    metadata: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
    /** When the platform was last asked, when it is asked again, and how often it could not be. */
    polledAt: instant('polled_at'),
    pollAt: instant('poll_at'),
    pollFailures: integer('poll_failures').notNull().default(0),
  },
  (t) => [
    uniqueIndex('custom_audiences_name').on(t.provider, t.account, t.name),
    uniqueIndex('custom_audiences_number').on(t.number),
    index('custom_audiences_poll').on(t.pollAt),
    index('custom_audiences_remote').on(t.provider, t.account, t.audienceId),
  ],
);

/** What the platform said of an audience's size, each time that it said something else. */
export const audienceSizes = pgTable(
  'audience_sizes',
  {
    audience: uuid()
      .notNull()
      .references(() => customAudiences.id, { onDelete: 'cascade' }),
    at: instant('at').notNull(),
    status: text().notNull(),
    size: bigint({ mode: 'number' }),
    matchedUsers: bigint('matched_users', { mode: 'number' }),
    uploadedRecords: bigint('uploaded_records', { mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.audience, t.at] })],
);
