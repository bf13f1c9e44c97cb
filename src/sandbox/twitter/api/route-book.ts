import { type TwitterSettings } from '../twitter-options.js';
import { type AdsAnswer, type AdsCall } from './ads-call.js';
import { type AdsParams } from './ads-params.js';
import { type AdsRoute } from './ads-router.js';
import { type RateBucket, READ_WINDOW_MS, WRITE_WINDOW_MS } from './rate-limiter.js';

type Answer = (call: AdsCall) => AdsAnswer;

/** The calls of the platform, each with the limit that it counts against. */
export class RouteBook {
  readonly routes: Record<string, AdsRoute> = {};

  constructor(private readonly settings: TwitterSettings) {}

  /** Reads have a limit for each endpoint, and a smaller one where the total is asked for. */
  read(path: string, answer: Answer): void {
    const { readsPerWindow, totalCountsPerWindow } = this.settings;
    const bucket = (params: AdsParams): RateBucket =>
      params.text('with_total_count') === 'true'
        ? { name: `GET ${path} total`, calls: totalCountsPerWindow, windowMs: READ_WINDOW_MS }
        : { name: `GET ${path}`, calls: readsPerWindow, windowMs: READ_WINDOW_MS };
    this.routes[`GET ${path}`] = { kind: 'read', bucket, answer };
  }

  /** All writes of an account share one limit. */
  write(method: 'POST' | 'PUT' | 'DELETE', path: string, answer: Answer): void {
    const bucket = { name: 'writes', calls: this.settings.writesPerMinute, windowMs: WRITE_WINDOW_MS };
    this.routes[`${method} ${path}`] = { kind: 'write', bucket: () => bucket, answer };
  }

  /** Calls that change members have a limit of their own, for each endpoint. */
  users(path: string, answer: Answer): void {
    const bucket = { name: `POST ${path}`, calls: this.settings.usersPerMinute, windowMs: WRITE_WINDOW_MS };
    this.routes[`POST ${path}`] = { kind: 'users', bucket: () => bucket, answer };
  }
}
