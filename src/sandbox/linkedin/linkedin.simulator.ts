import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from '../fault.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type AudiencesFilter, type AudienceView, type PlannedAnswer, type Simulator } from '../simulator.js';
import {
  LINKEDIN_TOKEN_STATES,
  type LinkedInSettings,
  type LinkedInSimulatorOptions,
  linkedInSettings,
  type LinkedInTokenState,
} from './linkedin-options.js';
import { UsersHandler } from './members/users.handler.js';
import { OauthHandler } from './oauth/oauth.handler.js';
import { TokenGate } from './oauth/token-gate.js';
import { accessDenied, badRequest, RestError, throttled } from './rest/rest-error.js';
import { RestLimits } from './rest/rest-limits.js';
import { RestRouter, sendRestError, supportHeaders } from './rest/rest-router.js';
import { PredictiveHandler } from './segments/predictive.handler.js';
import { SegmentStore } from './segments/segment-store.js';
import { patchSegment, segmentView } from './segments/segment-views.js';
import { SegmentsHandler } from './segments/segments.handler.js';

const TOKEN_PATH = '/oauth/v2/accessToken';

const UNAUTHORIZED: Readonly<Record<number, string>> = {
  65600: 'INVALID_ACCESS_TOKEN',
  65601: 'REVOKED_ACCESS_TOKEN',
  65602: 'EXPIRED_ACCESS_TOKEN',
};

/** LinkedIn's DMP segments, offline: https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/matched-audiences */
export class LinkedInSimulator implements Simulator {
  readonly secretHeaders = ['authorization'];
  readonly secretParameters = ['client_secret', 'refresh_token', 'code', 'access_token'] as const;
  readonly tokenStates = LINKEDIN_TOKEN_STATES;
  readonly handle: RequestHandler;
  private readonly settings: LinkedInSettings;
  private readonly gate: TokenGate;
  private readonly oauth: OauthHandler;
  private readonly store: SegmentStore;
  private readonly limits: RestLimits;

  constructor(clock: SandboxClock, options?: LinkedInSimulatorOptions) {
    this.settings = linkedInSettings(options);
    this.gate = new TokenGate(this.settings, clock);
    this.oauth = new OauthHandler(this.gate, this.settings, clock);
    this.store = new SegmentStore(this.settings, clock);
    this.limits = new RestLimits(this.settings, clock);
    const router = new RestRouter(
      {
        ...new SegmentsHandler(this.store, this.gate).routes(),
        ...new UsersHandler(this.store, this.gate).routes(),
        ...new PredictiveHandler(this.store).routes(),
      },
      this.gate,
      this.limits,
      this.settings,
    );
    this.handle = (req, res, next) => {
      if (req.path === TOKEN_PATH) this.oauth.answer(req, res);
      else void router.handle(req, res, next);
    };
  }

  refuseBody(status: number, res: Response): void {
    sendRestError(res, status === 413 ? new RestError(413, 'Request entity too large') : badRequest('Malformed JSON'));
  }

  /** The code of a planned error is its `serviceErrorCode`; a rate limit says nothing of a wait unless the fault does. */
  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer {
    const error = fault.kind === 'error' ? plannedError(fault) : throttled();
    const wait = fault.kind === 'rate-limit' ? fault.retryAfterSeconds : undefined;
    return {
      status: fault.status ?? error.status,
      headers: { ...supportHeaders(), ...(wait === undefined ? {} : { 'Retry-After': String(wait) }) },
      body: { ...error.body(), status: fault.status ?? error.status },
    };
  }

  audiences(filter: AudiencesFilter): AudienceView[] {
    return this.store.all().map((segment) => segmentView(segment, this.store, filter));
  }

  /** See {@link patchSegment} for what it understands. */
  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    const segment = this.store.peek(Number(id));
    if (segment === undefined) return undefined;
    patchSegment(segment, patch, this.store);
    return segmentView(segment, this.store, {});
  }

  setToken(token: string, state: string): void {
    this.gate.set(token, state as LinkedInTokenState);
  }

  reset(): void {
    this.gate.reset();
    this.oauth.reset();
    this.store.reset();
    this.limits.reset();
  }

  environment(origin: string): Readonly<Record<string, string>> {
    return {
      LINKEDIN_BASE_URL: origin,
      LINKEDIN_TOKEN_URL: `${origin}${TOKEN_PATH}`,
      LINKEDIN_ACCESS_TOKEN: 'sandbox-token',
      LINKEDIN_AD_ACCOUNT_ID: '512345678',
    };
  }
}

function plannedError({ code, status, message = 'An error that was asked for.' }: PlatformErrorFault): RestError {
  const unauthorized = UNAUTHORIZED[code];
  if (unauthorized !== undefined) return new RestError(401, message, { serviceErrorCode: code, code: unauthorized });
  if (code === 100) return accessDenied('the resource');
  return new RestError(status ?? 500, message, { serviceErrorCode: code });
}
