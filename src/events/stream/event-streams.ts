import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import { invalidRequest } from '../../common/dto-validation.js';
import { ProblemException } from '../../common/problem.exception.js';
import { safeStack } from '../../common/safe-stack.js';
import { EventWatcher } from '../event-watcher.js';
import { type EventFilter, EventsRepository } from '../events.repository.js';
import { eventFrame, livingFrame, openingFrame } from './event-frames.js';

/** Open at once in a process: each one costs a connection and a query for every news. */
const MOST_STREAMS = 100;
const RETRY_AFTER_SECONDS = '10';
/** What one stream holds in memory, at most twice. */
const EVENTS_TOGETHER = 100;
/** A sign of life; proxies cut what is silent for longer. */
const ALIVE_EVERY_MS = 15_000;

/** What a client wants to follow. */
export interface StreamRequest {
  readonly filter: EventFilter;
  /** The last event that the client has; nothing: only what happens from now on. */
  readonly after?: number;
  /** Aborted when the client has gone. */
  readonly gone: AbortSignal;
}

/**
 * Events as they happen, one stream a client. A stream reads the next events only when the client has taken those before, so
 * that a slow one costs no memory. Event ids have no gaps and are in the order of the commits: who has seen n, misses nothing by
 * going on after n.
 */
@Injectable()
export class EventStreams implements BeforeApplicationShutdown {
  private readonly logger = new Logger(EventStreams.name);
  private readonly open = new Set<Readable>();
  private readonly stopping = new AbortController();

  constructor(
    private readonly events: EventsRepository,
    private readonly watcher: EventWatcher,
  ) {}

  /** Ends all streams: their clients resume at another process. */
  beforeApplicationShutdown(): void {
    this.stopping.abort();
  }

  /**
   * Server-sent events without end.
   *
   * @throws {ProblemException} 503 when there are too many, or the process is ending; 400 after an event that is not there
   */
  async start({ filter, after, gone }: StreamRequest): Promise<Readable> {
    const last = await this.events.last();
    if (after !== undefined && after > last) {
      const mistake = { field: 'after', message: `is beyond the last event, ${last}` };
      throw invalidRequest({ first: [mistake], total: 1 });
    }
    if (this.open.size >= MOST_STREAMS || this.stopping.signal.aborted) {
      const detail = 'This process has no place for another stream right now';
      const headers = { 'Retry-After': RETRY_AFTER_SECONDS };
      throw new ProblemException(503, 'too-many-streams', detail, { headers });
    }
    const signal = AbortSignal.any([gone, this.stopping.signal]);
    const stream = Readable.from(this.frames(filter, after ?? last, signal), { highWaterMark: 1 });
    this.open.add(stream);
    stream.once('close', () => this.open.delete(stream));
    return stream;
  }

  private async *frames(filter: EventFilter, start: number, signal: AbortSignal): AsyncGenerator<Buffer> {
    let after = start;
    yield openingFrame(after);
    let spokenAt = performance.now();
    while (!signal.aborted) {
      const seen = this.watcher.count;
      const next = await this.next(filter, after);
      if (next === undefined) return;
      after = next.after;
      if (next.text !== '') {
        yield Buffer.from(next.text);
        spokenAt = performance.now();
      }
      if (next.hasMore) continue;
      await this.watcher.beyond(seen, spokenAt + ALIVE_EVERY_MS - performance.now(), signal);
      if (performance.now() - spokenAt < ALIVE_EVERY_MS) continue;
      yield livingFrame(after);
      spokenAt = performance.now();
    }
  }

  /** The next events, and the one up to which all were looked at. Nothing when the database is away: the client comes again. */
  private async next(filter: EventFilter, after: number) {
    try {
      const last = await this.events.last();
      if (last <= after) return { text: '', after, hasMore: false };
      const rows = await this.events.list(filter, { after, upTo: last }, 'asc', EVENTS_TOGETHER);
      const hasMore = rows.length === EVENTS_TOGETHER;
      return { text: rows.map(eventFrame).join(''), after: hasMore ? rows.at(-1)!.id : last, hasMore };
    } catch (error) {
      this.logger.warn(`A stream of events ends: ${safeStack(error)}`);
      return undefined;
    }
  }
}
