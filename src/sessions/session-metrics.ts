import { Injectable } from '@nestjs/common';
import { Gauge } from 'prom-client';
import { Clock } from '../common/clock.js';
import { AppConfig } from '../config/config.js';
import { MetricsService } from '../metrics/metrics.service.js';
import { SESSION_STATES } from './session-progress.js';
import { SessionReportsRepository } from './session-reports.repository.js';

/** Sessions are kept for ever; counting those of the last days stays cheap. */
const DAYS = 7;

/** How many of the newest sessions are in each state, read from the database when metrics are asked for. */
@Injectable()
export class SessionMetrics {
  constructor(metrics: MetricsService, repository: SessionReportsRepository, clock: Clock, config: AppConfig) {
    new Gauge({
      name: 'audience_sessions',
      help: `Sessions begun in the last ${DAYS} days, by state`,
      labelNames: ['state'],
      registers: [metrics.registry],
      async collect() {
        const time = { now: clock.now(), ttlHours: config.sessionTtlHours };
        const counts = await repository.countByState(time, DAYS);
        for (const state of SESSION_STATES) this.set({ state }, counts.get(state) ?? 0);
      },
    });
  }
}
