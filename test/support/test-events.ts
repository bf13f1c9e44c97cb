import type { INestApplication } from '@nestjs/common';
import { randomUUID } from 'node:crypto';
import { EventsWriter, type EventSubject, type NewEvent } from '../../src/events/events-writer.js';
import { Database } from '../../src/storage/database.js';

/** A custom audience that is there only in events. */
export function someAudience(provider = 'facebook', tag = 'default'): EventSubject {
  return { id: randomUUID(), provider, tag };
}

/** Records events in one transaction. */
export async function record(app: INestApplication, ...events: NewEvent[]): Promise<void> {
  await app.get(Database).transaction((tx) => app.get(EventsWriter, { strict: false }).record(tx, events));
}

/** Events to tell apart: their size is the number given. */
export function ready(audience: EventSubject, size: number): NewEvent {
  return { type: 'ready', audience, data: { size } };
}
