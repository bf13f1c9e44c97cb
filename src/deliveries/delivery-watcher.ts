import { Injectable, type OnModuleDestroy } from '@nestjs/common';
import { EventEmitter, once } from 'node:events';
import type { Transaction } from '../storage/database.js';
import { DatabaseNews, tell } from '../storage/news/database-news.js';

const CHANNEL = 'audience_deliveries';
/** With LISTEN, only a net under it; without, the way to notice. */
const POLL_LISTENING_MS = 10_000;
const POLL_DEAF_MS = 500;

/** Never `error`, whose listeners Node demands. */
const eventOf = (batch: string) => `batch ${batch}`;

/** Tells every process, once the transaction commits, that a delivery of the batch was settled or has to wait. */
export async function notifySettled(tx: Transaction, batch: string): Promise<void> {
  await tell(tx, CHANNEL, batch);
}

/** Waits for news of batches, whichever process makes them; polls where there are none. */
@Injectable()
export class DeliveryWatcher implements OnModuleDestroy {
  private readonly news = new EventEmitter().setMaxListeners(0);
  private readonly stopping = new AbortController();

  constructor(private readonly database: DatabaseNews) {
    database.subscribe(CHANNEL, (batch) => batch && this.news.emit(eventOf(batch)));
  }

  /** Ends all waits: their callers answer that the work goes on. */
  onModuleDestroy(): void {
    this.stopping.abort();
  }

  /**
   * Asks `check` now and after every news of the batch, until it returns something or `timeoutMs` have passed.
   *
   * @returns what `check` returned; nothing at the timeout and at shutdown
   */
  async until<T>(batch: string, timeoutMs: number, check: () => Promise<T | undefined>): Promise<T | undefined> {
    const deadline = AbortSignal.any([AbortSignal.timeout(Math.max(0, timeoutMs)), this.stopping.signal]);
    while (!deadline.aborted) {
      // Listening starts before the check, so that news in between is not missed.
      const pollMs = this.database.isListening ? POLL_LISTENING_MS : POLL_DEAF_MS;
      const pause = AbortSignal.any([deadline, AbortSignal.timeout(pollMs)]);
      const changed = once(this.news, eventOf(batch), { signal: pause }).catch(() => undefined);
      const outcome = await check();
      if (outcome !== undefined) {
        this.news.emit(eventOf(batch));
        return outcome;
      }
      await changed;
    }
    return undefined;
  }
}
