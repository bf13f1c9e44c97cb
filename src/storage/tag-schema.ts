import { integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, instant } from './schema.js';

/** A segment in an account, and who may look it up or create it right now. */
export const remoteAudiences = pgTable(
  'remote_audiences',
  {
    provider: text().notNull(),
    account: text().notNull(),
    segment: text().notNull(),
    remoteId: text('remote_id'),
    lockOwner: uuid('lock_owner'),
    lockedUntil: instant('locked_until'),
    updatedAt: instant('updated_at').notNull(),
  },
  (t) => [primaryKey({ columns: [t.provider, t.account, t.segment] })],
);

/** A budget of calls, shared by all processes and by all tags of one quota (generic cell rate algorithm). */
export const tagBudgets = pgTable(
  'tag_budgets',
  {
    provider: text().notNull(),
    /** The quota's name: the tag's own, unless its provider has tags share one. */
    tag: text().notNull(),
    /** Theoretical arrival time of the next call. */
    nextCallAt: instant('next_call_at').notNull(),
    /** No call before this: the platform said so. */
    blockedUntil: instant('blocked_until'),
  },
  (t) => [primaryKey({ columns: [t.provider, t.tag] })],
);

/** What the last calls of a tag ended with, and whether its deliveries wait until it works again. */
export const tagHealth = pgTable(
  'tag_health',
  {
    provider: text().notNull(),
    tag: text().notNull(),
    lastSuccessAt: instant('last_success_at'),
    lastErrorAt: instant('last_error_at'),
    lastErrorCode: text('last_error_code'),
    /** Times in a row that the platform was not there. */
    outages: integer().notNull().default(0),
    /** Set while the tag is stopped: its deliveries wait, except for one now and then that tries. */
    stoppedAt: instant('stopped_at'),
    stopCode: text('stop_code'),
    stopMessage: text('stop_message'),
    /** When the next delivery may try, which one does, and how many have in vain. */
    probeAt: instant('probe_at'),
    probeDelivery: uuid('probe_delivery'),
    probes: integer().notNull().default(0),
  },
  (t) => [primaryKey({ columns: [t.provider, t.tag] })],
);

/** Access tokens that expire, shared by all processes: one of them refreshes, the others read. */
export const accessTokens = pgTable('access_tokens', {
  /** Which token: provider, account and a keyed digest of what it is got with. */
  key: text().primaryKey(),
  /** Encrypted. */
  token: bytea(),
  expiresAt: instant('expires_at'),
  lockOwner: uuid('lock_owner'),
  lockedUntil: instant('locked_until'),
});
