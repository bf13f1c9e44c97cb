import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { HealthCheck, HealthCheckService } from '@nestjs/terminus';
import { Public } from '../auth/public.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { QueueHealth } from './queue.health.js';
import { StorageHealth } from './storage.health.js';
import { WorkerHealth } from './worker.health.js';

const PARTS = {
  type: 'object',
  additionalProperties: { type: 'object', properties: { status: { type: 'string', enum: ['up', 'down'] } } },
  example: { database: { status: 'up' }, queue: { status: 'up' } },
} as const;
const STATUS = { type: 'string', enum: ['ok'] } as const;
const MEMBERS = { status: STATUS, info: PARTS, error: { ...PARTS, example: {} }, details: PARTS };
const HEALTHY = { description: 'Healthy', schema: { type: 'object', properties: MEMBERS } } as const;
/** Terminus would document a 503 that the problem filter replaces. */
const UNDOCUMENTED = { noCache: true, swaggerDocumentation: false };

/** For orchestrators. A platform that is down is not our ill health: see `GET /providers` and `/metrics`. */
@ApiTags('operation')
@Controller('health')
@Public()
export class HealthController {
  constructor(
    private readonly health: HealthCheckService,
    private readonly storage: StorageHealth,
    private readonly queue: QueueHealth,
    private readonly worker: WorkerHealth,
  ) {}

  @Get('live')
  @ApiOperation({ summary: 'The process runs' })
  @ApiOkResponse(HEALTHY)
  @ApiProblem(503, 'The process is ending')
  @HealthCheck(UNDOCUMENTED)
  live() {
    return this.health.check([]);
  }

  @Get('ready')
  @ApiOperation({ summary: 'The database and the queue answer, and the thread that delivers is there' })
  @ApiOkResponse(HEALTHY)
  @ApiProblem(
    503,
    'The database or the queue does not answer, or nothing delivers: `details` says which; or the process is ending',
  )
  @HealthCheck(UNDOCUMENTED)
  ready() {
    return this.health.check([() => this.storage.check(), () => this.queue.check(), ...this.worker.checks()]);
  }
}
