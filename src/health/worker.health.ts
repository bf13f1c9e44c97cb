import { Injectable } from '@nestjs/common';
import { type HealthIndicatorFunction, HealthIndicatorService } from '@nestjs/terminus';
import { WorkerSide } from '../process/worker-side.js';

/** Whether the thread that delivers is there, in a process that has one. */
@Injectable()
export class WorkerHealth {
  constructor(
    private readonly indicator: HealthIndicatorService,
    private readonly side: WorkerSide,
  ) {}

  /** None, where no other thread delivers for this process. */
  checks(): HealthIndicatorFunction[] {
    return this.side.isWorking === undefined ? [] : [() => this.check()];
  }

  private check() {
    const check = this.indicator.check('worker');
    return this.side.isWorking ? check.up() : check.down({ message: 'The thread that delivers is not there' });
  }
}
