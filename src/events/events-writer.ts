import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { Transaction } from '../storage/database.js';
import { audienceEvents, eventClock } from '../storage/event-schema.js';
import { tellOfEvents } from './event-watcher.js';
import type { AudienceEventData, AudienceEventType } from './event-types.js';

/** Which custom audience an event is about. */
export interface EventSubject {
  readonly id: string;
  readonly provider: string;
  readonly tag: string;
}

/** An event with the data of its type. */
export type NewEvent = {
  [Type in AudienceEventType]: {
    readonly type: Type;
    readonly audience: EventSubject;
    readonly data: AudienceEventData[Type];
  };
}[AudienceEventType];

/** Records events in the transaction of what they tell: they are there exactly if the change is. */
@Injectable()
export class EventsWriter {
  /**
   * To be called last in a transaction. Events are numbered without gaps in the order of the commits, so that a reader who has
   * seen number n never meets a smaller one later; the price is one row that transactions with events take in turn.
   */
  async record(tx: Transaction, events: readonly NewEvent[]): Promise<void> {
    if (events.length === 0) return;
    const [clock] = await tx
      .update(eventClock)
      .set({ last: sql`${eventClock.last} + ${events.length}` })
      .returning({ last: eventClock.last });
    const first = clock!.last - events.length + 1;
    await tx.insert(audienceEvents).values(
      events.map(({ type, audience, data }, index) => ({
        id: first + index,
        type,
        audience: audience.id,
        provider: audience.provider,
        tag: audience.tag,
        data,
        at: sql`now()`,
      })),
    );
    await tellOfEvents(tx);
  }
}
