import { Injectable } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import type { Queryable } from '../storage/database.js';
import { DatabaseNews, tell } from '../storage/news/database-news.js';

const CHANNEL = 'audience_events';
const NEWS = 'news';
/** With LISTEN, only a net under it; without, the way to notice. */
const POLL_LISTENING_MS = 5_000;
const POLL_DEAF_MS = 500;

/** Tells every process, once the transaction commits, that there are events, or deliveries of them to be made. */
export async function tellOfEvents(tx: Queryable): Promise<void> {
  await tell(tx, CHANNEL);
}

/** Waits for events, whichever process records them. */
@Injectable()
export class EventWatcher {
  private readonly news = new EventEmitter().setMaxListeners(0);
  private counted = 0;

  constructor(private readonly database: DatabaseNews) {
    database.subscribe(CHANNEL, () => {
      this.counted += 1;
      this.news.emit(NEWS);
    });
  }

  /** How often there were news. Read before one looks, it tells {@link beyond} whether there were some since. */
  get count(): number {
    return this.counted;
  }

  /** Returns when there were news since `seen`, when it is time to look anyway, and when `signal` is aborted. */
  async beyond(seen: number, mostMs: number, signal: AbortSignal): Promise<void> {
    if (this.counted !== seen || signal.aborted) return;
    const pollMs = this.database.isListening ? POLL_LISTENING_MS : POLL_DEAF_MS;
    // A timeout is in whole milliseconds; times of `performance` are not.
    const waitMs = Math.ceil(Math.max(0, Math.min(mostMs, pollMs)));
    const pause = AbortSignal.any([signal, AbortSignal.timeout(waitMs)]);
    await once(this.news, NEWS, { signal: pause }).catch(() => undefined);
  }
}
