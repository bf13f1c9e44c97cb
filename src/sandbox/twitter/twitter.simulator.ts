import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from '../fault.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type AudiencesFilter, type AudienceView, type PlannedAnswer, type Simulator } from '../simulator.js';
import { AccountsHandler } from './accounts.handler.js';
import { AdsError, USUAL_CODES } from './api/ads-error.js';
import { type AdsRoute, AdsRouter, sendError } from './api/ads-router.js';
import { OauthGate } from './api/oauth-gate.js';
import { rateHeaders, RateLimiter, tooManyRequests } from './api/rate-limiter.js';
import { RouteBook } from './api/route-book.js';
import { patchTwitterAudience, viewTwitterAudience } from './audiences/audience-control.js';
import { AudienceStore } from './audiences/audience-store.js';
import { AudiencesHandler } from './audiences/audiences.handler.js';
import { DoNotReachHandler } from './do-not-reach/do-not-reach.handler.js';
import { UsersHandler } from './members/users.handler.js';
import { PermissionStore } from './sharing/permission-store.js';
import { PermissionsHandler } from './sharing/permissions.handler.js';
import {
  SAMPLE,
  TWITTER_TOKEN_STATES,
  type TwitterSettings,
  type TwitterSimulatorOptions,
  twitterSettings,
  type TwitterTokenState,
} from './twitter-options.js';

/** X's custom audiences, offline: https://docs.x.com/x-ads-api/audiences */
export class TwitterSimulator implements Simulator {
  readonly secretHeaders = ['authorization'];
  readonly secretParameters: readonly string[] = [];
  readonly tokenStates = TWITTER_TOKEN_STATES;
  readonly handle: RequestHandler;
  private readonly settings: TwitterSettings;
  private readonly gate: OauthGate;
  private readonly limiter: RateLimiter;
  private readonly store: AudienceStore;
  private readonly permissions = new PermissionStore();
  private readonly doNotReach: DoNotReachHandler;

  constructor(
    private readonly clock: SandboxClock,
    options?: TwitterSimulatorOptions,
  ) {
    this.settings = twitterSettings(options);
    this.gate = new OauthGate(this.settings, clock);
    this.limiter = new RateLimiter(clock);
    this.store = new AudienceStore(this.settings, clock);
    this.doNotReach = new DoNotReachHandler(this.settings, clock);
    this.handle = new AdsRouter(this.routes(), this.gate, this.limiter, clock).handle;
  }

  refuseBody(status: number, res: Response): void {
    sendError(res, new AdsError(status, 'INVALID_PARAMETER', 'The request body could not be read'));
  }

  /** The code of a planned error is its HTTP status: the platform's own codes are words. */
  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer {
    const error = fault.kind === 'rate-limit' ? this.plannedThrottle(fault) : plannedError(fault);
    return { status: error.status, headers: { ...error.details.headers }, body: error.body({}) };
  }

  audiences(filter: AudiencesFilter): AudienceView[] {
    const there = this.store.all().filter(({ deleted }) => !deleted);
    return there.map((audience) => viewTwitterAudience(audience, this.settings, filter));
  }

  /** See {@link patchTwitterAudience} for what it understands. */
  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    const audience = this.store.find(id);
    if (audience === undefined) return undefined;
    patchTwitterAudience(audience, patch);
    return viewTwitterAudience(audience, this.settings, {});
  }

  setToken(token: string, state: string): void {
    this.gate.set(token, state as TwitterTokenState);
  }

  reset(): void {
    this.gate.reset();
    this.limiter.reset();
    this.store.reset();
    this.permissions.reset();
    this.doNotReach.reset();
  }

  environment(origin: string): Readonly<Record<string, string>> {
    return {
      TWITTER_BASE_URL: origin,
      TWITTER_CONSUMER_KEY: SAMPLE.consumerKey,
      TWITTER_CONSUMER_SECRET: SAMPLE.consumerSecret,
      TWITTER_ACCESS_TOKEN: SAMPLE.token,
      TWITTER_ACCESS_TOKEN_SECRET: SAMPLE.tokenSecret,
      TWITTER_AD_ACCOUNT_ID: SAMPLE.account,
    };
  }

  private routes(): Record<string, AdsRoute> {
    const book = new RouteBook(this.settings);
    const accounts = new AccountsHandler(this.gate);
    const audiences = new AudiencesHandler(this.store, this.permissions);
    const users = new UsersHandler(this.store);
    const sharing = new PermissionsHandler(this.store, this.permissions);
    book.read('accounts', (call) => accounts.list(call));
    book.read('accounts/:account', (call) => accounts.read(call));
    book.read('accounts/:account/authenticated_user_access', (call) => accounts.access(call));

    const all = 'accounts/:account/custom_audiences';
    const one = `${all}/:audience`;
    book.read(all, (call) => audiences.list(call));
    book.write('POST', all, (call) => audiences.create(call));
    book.read(one, (call) => audiences.read(call));
    book.write('PUT', one, (call) => audiences.update(call));
    book.write('DELETE', one, (call) => audiences.delete(call));
    book.read(`${one}/targeted`, (call) => audiences.targeted(call));
    book.users(`${one}/users`, (call) => users.change(call));

    book.read(`${one}/permissions`, (call) => sharing.list(call));
    book.write('POST', `${one}/permissions`, (call) => sharing.grant(call));
    book.write('DELETE', `${one}/permissions/:permission`, (call) => sharing.revoke(call));

    const lists = 'accounts/:account/do_not_reach_lists';
    book.read(lists, (call) => this.doNotReach.list(call));
    book.write('POST', lists, (call) => this.doNotReach.create(call));
    book.write('DELETE', `${lists}/:list`, (call) => this.doNotReach.delete(call));
    book.users(`batch/${lists}/:list/users`, (call) => this.doNotReach.change(call));
    return book.routes;
  }

  /** The usage wait stands in the account's own headers, which then say more than those of the endpoint. */
  private plannedThrottle({ status, retryAfterSeconds, usageWaitSeconds }: RateLimitFault): AdsError {
    const now = this.clock.now();
    const headers = rateHeaders(this.settings.usersPerMinute, 0, now + 1_000);
    if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(retryAfterSeconds);
    if (usageWaitSeconds !== undefined) {
      Object.assign(headers, rateHeaders(this.settings.usersPerMinute, 0, now + usageWaitSeconds * 1000, 'x-account'));
    }
    return tooManyRequests({ ...headers, Date: new Date(now).toUTCString() }, status);
  }
}

function plannedError({ code, status, message }: PlatformErrorFault): AdsError {
  const answered = status ?? code;
  return new AdsError(answered, USUAL_CODES[code] ?? 'UNKNOWN', message ?? 'An error that was asked for');
}
