import type { Logger } from '@nestjs/common';
import { safeStack } from './safe-stack.js';

/** Does something again and again, never twice at once. An error is logged and does not end it. */
export class RecurringWork {
  private readonly stopping = new AbortController();
  private timer?: NodeJS.Timeout;
  private current: Promise<void> = Promise.resolve();

  constructor(
    private readonly everyMs: number,
    private readonly work: (signal: AbortSignal) => Promise<void>,
    private readonly logger: Logger,
  ) {}

  /** Begins after one interval. */
  start(): void {
    if (this.stopping.signal.aborted) return;
    this.timer = setTimeout(() => {
      this.current = this.once().finally(() => this.start());
    }, this.everyMs);
    this.timer.unref();
  }

  /** Returns when the work that is going on has ended; its signal tells it to hurry. */
  async stop(): Promise<void> {
    this.stopping.abort();
    clearTimeout(this.timer);
    await this.current;
  }

  private async once(): Promise<void> {
    try {
      await this.work(this.stopping.signal);
    } catch (error) {
      if (!this.stopping.signal.aborted) this.logger.warn(safeStack(error));
    }
  }
}
