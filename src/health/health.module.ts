import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { HealthController } from './health.controller.js';
import { ProcessModule } from '../process/process.module.js';
import { QueueHealth } from './queue.health.js';
import { StorageHealth } from './storage.health.js';
import { WorkerHealth } from './worker.health.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), DeliveriesModule, ProcessModule],
  controllers: [HealthController],
  providers: [StorageHealth, QueueHealth, WorkerHealth],
})
export class HealthModule {}
