import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseServer } from './database-server.js';

/** A time without a database, as a process of this machine sees it. */
export interface Outage {
  readonly from: number;
  readonly to: number;
}

const EVERY_MS = 250;
/** Workers that live give a sign of life every five seconds; one that cannot for so long is as good as cut off. */
const OUTAGE_MS = 2_000;

/**
 * Asks the database again and again, and notes when it did not answer in time: while it restarted, and when this machine was so
 * busy that nothing went on. Live workers may be taken for dead then.
 */
export class OutageWatch {
  readonly outages: Outage[] = [];
  private readonly stopped = new AbortController();
  private readonly loop: Promise<void>;

  constructor(private readonly database: DatabaseServer) {
    this.loop = this.watch();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    await this.loop;
  }

  /** An outage that somebody made. */
  note(outage: Outage): void {
    this.outages.push(outage);
  }

  private async watch(): Promise<void> {
    let answeredAt = Date.now();
    while (!this.stopped.signal.aborted) {
      const isThere = await this.database.query('select 1').then(
        () => true,
        () => false,
      );
      const now = Date.now();
      if (isThere && now - answeredAt > OUTAGE_MS) this.outages.push({ from: answeredAt, to: now });
      if (isThere) answeredAt = now;
      await delay(EVERY_MS, undefined, { signal: this.stopped.signal }).catch(() => undefined);
    }
  }
}
