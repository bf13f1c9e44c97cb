import { sql } from 'drizzle-orm';
import { bigint, boolean, index, integer, jsonb, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, instant } from './schema.js';

/** The number of the last event: its row is taken last in a transaction, so that numbers are in the order of the commits. */
export const eventClock = pgTable('event_clock', {
  /** Always 1: there is one row. */
  id: integer().primaryKey(),
  last: bigint({ mode: 'number' }).notNull(),
});

/** What happened to custom audiences, written in the transaction of the change. Never holds a value of a user. */
export const audienceEvents = pgTable(
  'audience_events',
  {
    id: bigint({ mode: 'number' }).primaryKey(),
    type: text().notNull(),
    /** Without a reference: events outlive their audience. */
    audience: uuid().notNull(),
    provider: text().notNull(),
    tag: text().notNull(),
    data: jsonb().$type<object>().notNull(),
    at: instant('at').notNull(),
  },
  (t) => [index('audience_events_audience').on(t.audience, t.id)],
);

/** Who is told of events. */
export const webhooks = pgTable('webhooks', {
  id: uuid().primaryKey(),
  url: text().notNull(),
  description: text(),
  /** Event types; null: all. */
  events: text().array(),
  /** Encrypted; the one before is good for a while after a rotation. */
  secret: bytea().notNull(),
  previousSecret: bytea('previous_secret'),
  previousUntil: instant('previous_until'),
  enabled: boolean().notNull(),
  /** The last event that deliveries were made for. */
  lastEvent: bigint('last_event', { mode: 'number' }).notNull(),
  createdAt: instant('created_at').notNull(),
  updatedAt: instant('updated_at').notNull(),
});

/** One event for one webhook. */
export const webhookDeliveries = pgTable(
  'webhook_deliveries',
  {
    id: uuid().primaryKey(),
    webhook: uuid()
      .notNull()
      .references(() => webhooks.id, { onDelete: 'cascade' }),
    /** Null: a test. */
    event: bigint({ mode: 'number' }),
    state: text().$type<'pending' | 'delivered' | 'failed'>().notNull(),
    attempts: integer().notNull().default(0),
    /** While `pending`: not before this; moved on while a process is at it. */
    dueAt: instant('due_at'),
    statusCode: integer('status_code'),
    error: text(),
    createdAt: instant('created_at').notNull(),
    settledAt: instant('settled_at'),
  },
  (t) => [
    index('webhook_deliveries_webhook').on(t.webhook, t.id),
    uniqueIndex('webhook_deliveries_event').on(t.webhook, t.event),
    index('webhook_deliveries_due')
      .on(t.dueAt)
      .where(sql`state = 'pending'`),
  ],
);
