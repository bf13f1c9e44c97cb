import { sql } from 'drizzle-orm';
import {
  bigint,
  boolean,
  customType,
  date,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
  uniqueIndex,
  uuid,
} from 'drizzle-orm/pg-core';
import type { SessionOrigin, UploadMode } from '../common/upload-modes.js';

/** Which state may follow which is decided in `deliveries/delivery-state.ts`. */
const OPEN_STATES = ['queued', 'running', 'waiting', 'processing'] as const;
export const DELIVERY_STATES = [...OPEN_STATES, 'succeeded', 'failed', 'cancelled'] as const;
export type DeliveryState = (typeof DELIVERY_STATES)[number];

export const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });
export const instant = (name: string) => timestamp(name, { withTimezone: true, precision: 3 });

const isMirror = sql`mode = 'mirror'`;
/** One audience upload: all batches that share (name, type, sessionId). */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    /** A short name for the many rows of the members store. */
    number: bigint({ mode: 'number' }).generatedAlwaysAsIdentity(),
    mode: text().$type<UploadMode>().notNull().default('append'),
    origin: text().$type<SessionOrigin>().notNull().default('upload'),
    /** Its batches are still coming, in whatever number, and none is delivered before the last is here. */
    draft: boolean().notNull().default(false),
    name: text().notNull(),
    type: text().$type<'custom' | 'primary'>().notNull(),
    sessionId: bigint('session_id', { mode: 'number' }).notNull(),
    totalBatches: integer('total_batches').notNull(),
    totalUsers: bigint('total_users', { mode: 'number' }).notNull(),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('sessions_key').on(t.name, t.type, t.sessionId),
    index('sessions_mirrors').on(t.number).where(isMirror),
  ],
);

/**
 * One `POST /audience` call, or a part of a large one, each with deliveries of its own: whoever counts calls counts rows of
 * part 0. The payload is compressed and encrypted, and gone once every delivery is done.
 */
export const batches = pgTable(
  'batches',
  {
    id: uuid().primaryKey(),
    session: uuid()
      .notNull()
      .references(() => sessions.id),
    sequence: integer().notNull(),
    part: integer().notNull().default(0),
    firstUser: integer('first_user').notNull().default(0),
    /** Users who only keep the place of a row that was left out, and the field that was wrong in it. */
    leftOut: jsonb('left_out').$type<readonly (readonly [user: number, field: string])[]>(),
    /** Keyed digest of everything the caller sent; tells a repeat from a conflict. */
    fingerprint: bytea().notNull(),
    userCount: integer('user_count').notNull(),
    pullDate: date('pull_date'),
    /** Of the call that brought it, for the log of its deliveries. */
    requestId: text('request_id'),
    payload: bytea(),
    purgedAt: instant('purged_at'),
    createdAt: instant('created_at').notNull(),
  },
  (t) => [
    uniqueIndex('batches_part').on(t.session, t.sequence, t.part),
    index('batches_unpurged')
      .on(t.createdAt)
      .where(sql`payload is not null`),
  ],
);

/** One batch going to one tag: the durable unit of work. */
export const deliveries = pgTable(
  'deliveries',
  {
    id: uuid().primaryKey(),
    batch: uuid()
      .notNull()
      .references(() => batches.id),
    session: uuid()
      .notNull()
      .references(() => sessions.id),
    provider: text().notNull(),
    tag: text().notNull(),
    /** The audience's name on the platform, prefix included. */
    segment: text().notNull(),
    state: text().$type<DeliveryState>().notNull(),
    /** Changes with every claim: a worker that lost its claim can write nothing more. */
    claim: uuid(),
    /** The queue's job that has it: another job may not take it from a worker that lives. */
    job: uuid(),
    /** Its place in the fair order of its tag: sessions take turns, each by the users it brings (thousands). */
    turn: integer().notNull().default(0),
    /** One of the places that the tag has for running deliveries, over all processes. */
    slot: integer(),
    /** Waits until its tag works again, not for a time. */
    held: boolean().notNull().default(false),
    /** How often a worker has taken it up. */
    attempts: integer().notNull().default(0),
    /** Failures since the last progress; sets the pace of retries. */
    failures: integer().notNull().default(0),
    audienceId: text('audience_id'),
    /** `custom_audiences.id`; null where that was deleted. */
    customAudience: uuid('custom_audience'),
    received: integer().notNull(),
    accepted: integer().notNull().default(0),
    skipped: integer().notNull().default(0),
    rejected: integer().notNull().default(0),
    /** Of the accepted: who was new to the members store, who was in it before, and who was taken out of it. */
    added: integer().notNull().default(0),
    unchanged: integer().notNull().default(0),
    removed: integer().notNull().default(0),
    /** Users below this index are settled; the next chunk starts here. */
    nextUser: integer('next_user').notNull().default(0),
    errorCode: text('error_code'),
    errorMessage: text('error_message'),
    /** The platform's own code of the last error. */
    platformCode: text('platform_code'),
    retryable: boolean(),
    /** When a waiting delivery is tried again. */
    dueAt: instant('due_at'),
    createdAt: instant('created_at').notNull(),
    /** When it was created or last retried by hand: its age decides when it is given up. */
    queuedAt: instant('queued_at').notNull(),
    startedAt: instant('started_at'),
    settledAt: instant('settled_at'),
  },
  (t) => [
    uniqueIndex('deliveries_target').on(t.batch, t.provider, t.tag),
    index('deliveries_session').on(t.session, t.provider, t.tag, t.turn),
    index('deliveries_state').on(t.state, t.id),
    index('deliveries_audience').on(t.customAudience, t.id),
    uniqueIndex('deliveries_slot')
      .on(t.provider, t.tag, t.slot)
      .where(sql`state = 'running'`),
    index('deliveries_turn').on(t.provider, t.tag, t.turn),
    index('deliveries_queued')
      .on(t.provider, t.tag, t.turn)
      .where(sql`state = 'queued'`),
    index('deliveries_held')
      .on(t.provider, t.tag, t.turn, t.id)
      .where(sql`held`),
  ],
);

/** One chunk whose answer was recorded; never sent again. */
export const checkpoints = pgTable(
  'checkpoints',
  {
    delivery: uuid()
      .notNull()
      .references(() => deliveries.id),
    /** First user (index in the batch) of the chunk, and the one after its last. */
    firstUser: integer('first_user').notNull(),
    endUser: integer('end_user').notNull(),
    sent: integer().notNull(),
    accepted: integer().notNull(),
    /** Users since the chunk before who were not sent, because the platform has them already; `sent` and `accepted` count them. */
    unchanged: integer().array().notNull().default([]),
    /** The platform's job that decides about this chunk; gone once it has. */
    remoteJobId: text('remote_job_id'),
    recordedAt: instant('recorded_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.delivery, t.firstUser] })],
);

/** Rejections of one delivery, packed: one row per field and reason, the users as an array of indexes. */
export const rejections = pgTable(
  'rejections',
  {
    delivery: uuid()
      .notNull()
      .references(() => deliveries.id),
    /** -1: found when the batch was prepared; otherwise the first user of the chunk that the platform answered. */
    stage: integer().notNull(),
    /** Empty: the whole user. */
    field: text().notNull(),
    reason: text().notNull(),
    users: integer().array().notNull(),
    /** Their `edgeTagId`s in the same order, encrypted: a JSON array for each time that users were added. */
    edgeTagIds: bytea('edge_tag_ids').array().notNull().default([]),
    /** Rows that the platform counted but did not name; `users` is then empty. */
    unnamed: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.delivery, t.stage, t.field, t.reason] })],
);
