import { Logger } from '@nestjs/common';
import { safeStack } from './safe-stack.js';

/** Work that is done again and again, each time some while after the time before has ended. An error is logged, and ends nothing. */
export class BackgroundLoop {
  private timer?: NodeJS.Timeout;
  private atWork: Promise<void> = Promise.resolve();
  private isStopped = true;

  /** @param name of the logger */
  constructor(
    private readonly name: string,
    private readonly everyMs: number,
    private readonly work: () => Promise<void>,
  ) {}

  start(): void {
    this.isStopped = false;
    this.schedule();
  }

  /** Resolves when the work in hand is done. */
  async stop(): Promise<void> {
    this.isStopped = true;
    clearTimeout(this.timer);
    await this.atWork;
  }

  private schedule(): void {
    this.timer = setTimeout(() => {
      this.atWork = this.turn();
    }, this.everyMs);
    // Does not keep the process alive.
    this.timer.unref();
  }

  private async turn(): Promise<void> {
    try {
      await this.work();
    } catch (error) {
      new Logger(this.name).error(safeStack(error));
    }
    if (!this.isStopped) this.schedule();
  }
}
