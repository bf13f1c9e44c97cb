import { toEventDto } from '../dto/event.dto.js';
import type { EventRow } from '../events.repository.js';

/** How long a client waits before it connects again, ms. */
const RECONNECT_MS = 2_000;

/**
 * The first of a stream. The number without data makes no event, but the client keeps it: should the connection break before
 * the first event, it resumes here and misses nothing.
 */
export function openingFrame(after: number): Buffer {
  return Buffer.from(`retry: ${RECONNECT_MS}\nid: ${after}\n\n`);
}

/** One event; JSON has no line breaks of its own. */
export function eventFrame(row: EventRow): string {
  return `id: ${row.id}\nevent: ${row.type}\ndata: ${JSON.stringify(toEventDto(row))}\n\n`;
}

/** Says that the connection lives, and how far the events were looked through that the client does not want. */
export function livingFrame(after: number): Buffer {
  return Buffer.from(`: alive\nid: ${after}\n\n`);
}
