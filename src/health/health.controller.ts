import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { Public } from '../auth/public.decorator.js';
import { QueueHealth } from './queue.health.js';
import { StorageHealth } from './storage.health.js';

/** For orchestrators. A platform that is down is not our ill health: see `GET /providers` and `/metrics`. */
@ApiTags('operation')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly storage: StorageHealth,
    private readonly queue: QueueHealth,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process runs' })
  @HealthCheck()
  live() {
    return this.health.check([]);
  }

  @Get('ready')
  @ApiOperation({ summary: 'The database and the queue answer' })
  @HealthCheck()
  ready() {
    return this.health.check([() => this.storage.check(), () => this.queue.check()]);
  }
}
