import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { DeliveryQueue } from '../deliveries/delivery-queue.js';

/** Whether the queue's tables answer. */
@Injectable()
export class QueueHealth {
  constructor(
    private readonly indicator: HealthIndicatorService,
    private readonly queue: DeliveryQueue,
  ) {}

  async check() {
    const check = this.indicator.check('queue');
    try {
      return (await this.queue.isHealthy()) ? check.up() : check.down({ message: 'The queue is not installed' });
    } catch {
      return check.down({ message: 'The queue does not answer' });
    }
  }
}
