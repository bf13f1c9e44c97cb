import { Injectable } from '@nestjs/common';
import { and, asc, desc, eq, gt, inArray, lt, lte, type SQL } from 'drizzle-orm';
import { Database } from '../storage/database.js';
import { audienceEvents, eventClock } from '../storage/event-schema.js';

export type EventRow = typeof audienceEvents.$inferSelect;

/** Which events somebody wants to know of. */
export interface EventFilter {
  readonly types?: readonly string[];
  readonly audience?: string;
  readonly provider?: string;
  readonly tag?: string;
}

/** Which of them, both ends left out. */
export interface EventRange {
  readonly after?: number;
  readonly before?: number;
  /** The last one, itself included. */
  readonly upTo?: number;
}

/** Events as they are told. */
@Injectable()
export class EventsRepository {
  constructor(private readonly database: Database) {}

  /** The number of the last event, 0 before the first; all events up to it can be read, and those to come are greater. */
  async last(): Promise<number> {
    const [clock] = await this.database.query.select({ last: eventClock.last }).from(eventClock);
    return clock?.last ?? 0;
  }

  async list(
    { types, audience, provider, tag }: EventFilter,
    { after, before, upTo }: EventRange,
    order: 'asc' | 'desc',
    limit: number,
  ): Promise<EventRow[]> {
    const { id } = audienceEvents;
    const conditions: (SQL | undefined)[] = [
      types && inArray(audienceEvents.type, [...types]),
      audience === undefined ? undefined : eq(audienceEvents.audience, audience),
      provider === undefined ? undefined : eq(audienceEvents.provider, provider),
      tag === undefined ? undefined : eq(audienceEvents.tag, tag),
      after === undefined ? undefined : gt(id, after),
      before === undefined ? undefined : lt(id, before),
      upTo === undefined ? undefined : lte(id, upTo),
    ];
    return this.database.query
      .select()
      .from(audienceEvents)
      .where(and(...conditions))
      .orderBy(order === 'asc' ? asc(id) : desc(id))
      .limit(limit);
  }
}
