import { Injectable } from '@nestjs/common';
import { MetricsService } from '../metrics/metrics.service.js';
import { type PlatformCall, PlatformHttp } from './kit/platform-http.js';

/** Counts and times every call to a platform, by host and class of answer. */
@Injectable()
export class PlatformCallMetrics {
  constructor(http: PlatformHttp, metrics: MetricsService) {
    http.onCall((call) => metrics.platformRequest(call.host, outcomeOf(call), call.ms / 1000));
  }
}

function outcomeOf({ status }: PlatformCall): string {
  return status === undefined ? 'no-answer' : `${Math.floor(status / 100)}xx`;
}
