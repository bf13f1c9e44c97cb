import { sql } from 'drizzle-orm';
import { bigint, index, integer, jsonb, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, instant, sessions } from './schema.js';

/**
 * Who is in a custom audience as far as the platform was told. Partitioned by hash of the key, which Drizzle cannot say: the
 * migration does.
 */
export const members = pgTable(
  'members',
  {
    /** `custom_audiences.number`. */
    audience: integer().notNull(),
    /** Keyed digest of the identity, 16 bytes, the same for one identity in every audience. */
    key: bytea().notNull(),
    /** Keyed digest of all that is known of the member, 8 bytes: tells a change, and that the record was not tampered with. */
    content: bytea().notNull(),
    /** Keyed digests of e-mail, phone and edgeTagId, 8 bytes each, for erasures. */
    email: bytea(),
    phone: bytea(),
    edgeTagId: bytea('edge_tag_id'),
    /** Encrypted: the user as it came. */
    record: bytea().notNull(),
    /**
     * `sessions.number` of the last session that brought the member. Of later ones, those without a mirror between them are not
     * noted: no mirror tells them apart.
     */
    seen: bigint({ mode: 'number' }).notNull(),
  },
  (t) => [primaryKey({ columns: [t.audience, t.key] })],
);

/** A person to be forgotten everywhere, and the receipt for it. */
export const erasures = pgTable(
  'erasures',
  {
    id: uuid().primaryKey(),
    /** Keyed digests of what was given, by field. */
    email: bytea(),
    phone: bytea(),
    edgeTagId: bytea('edge_tag_id'),
    /** Encrypted: what was given; gone when the erasure is completed. */
    person: bytea(),
    state: text().$type<'processing' | 'completed' | 'completed-with-errors'>().notNull(),
    /** How often it was looked for what is left; when next. */
    rounds: integer().notNull().default(0),
    /** Batches stored before this no longer held the person; a delivery that read one earlier may still send it. */
    blankedAt: instant('blanked_at'),
    dueAt: instant('due_at'),
    /** What was done in our own store: members, payloads, rejections. */
    store: jsonb().$type<Record<string, number>>().notNull().default({}),
    createdAt: instant('created_at').notNull(),
    completedAt: instant('completed_at'),
  },
  (t) => [index('erasures_due').on(t.dueAt)],
);

/** What an erasure did at one tag. */
export const erasureTags = pgTable(
  'erasure_tags',
  {
    erasure: uuid()
      .notNull()
      .references(() => erasures.id),
    provider: text().notNull(),
    tag: text().notNull(),
    state: text().$type<'processing' | 'completed' | 'failed'>().notNull(),
    /** Custom audiences that a removal was sent to. */
    audiences: integer().notNull().default(0),
    /** The sessions of these removals. */
    sessions: uuid().array().notNull().default([]),
    /** Whether the account as a whole was told, where the platform has that. */
    account: text().$type<'not-offered' | 'processing' | 'completed' | 'failed'>().notNull(),
    error: text(),
    completedAt: instant('completed_at'),
  },
  (t) => [primaryKey({ columns: [t.erasure, t.provider, t.tag] })],
);

/** A session that mirrors, at one custom audience: when all has arrived, whom it did not bring is taken out. */
export const mirrors = pgTable(
  'mirrors',
  {
    session: uuid()
      .notNull()
      .references(() => sessions.id),
    customAudience: uuid('custom_audience').notNull(),
    provider: text().notNull(),
    tag: text().notNull(),
    /** While a process is at it, until when. */
    leaseUntil: instant('lease_until'),
    /** When those who left were handed to deliveries, or it was decided that nobody is taken out. */
    doneAt: instant('done_at'),
    /** The session that takes them out; null: nobody left, or the mirror was given up. */
    leavers: uuid(),
  },
  (t) => [
    primaryKey({ columns: [t.session, t.customAudience] }),
    index('mirrors_open')
      .on(t.session)
      .where(sql`done_at is null`),
  ],
);
