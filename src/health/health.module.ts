import { Module } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { DeliveriesModule } from '../deliveries/deliveries.module.js';
import { HealthController } from './health.controller.js';
import { QueueHealth } from './queue.health.js';
import { StorageHealth } from './storage.health.js';

@Module({
  imports: [TerminusModule.forRoot({ logger: false }), DeliveriesModule],
  controllers: [HealthController],
  providers: [StorageHealth, QueueHealth],
})
export class HealthModule {}
