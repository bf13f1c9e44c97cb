import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { MetricsService } from '../metrics/metrics.service.js';
import type { WorkerThread } from './worker-thread.js';

/** The thread that delivers for this process, where there is one: what the api's side has to know of it. */
@Injectable()
export class WorkerSide implements BeforeApplicationShutdown {
  private thread?: WorkerThread;

  constructor(private readonly metrics: MetricsService) {}

  /** From now on the thread belongs to this application: its counts are told here, and it ends before this does. */
  attach(thread: WorkerThread): void {
    this.thread = thread;
    this.metrics.join('worker', () => thread.figures());
  }

  /** Absent: no other thread delivers for this process. */
  get isWorking(): boolean | undefined {
    return this.thread?.isWorking;
  }

  /** The thread uses the database of this application, so it goes first. */
  async beforeApplicationShutdown(): Promise<void> {
    await this.thread?.stop();
  }
}
