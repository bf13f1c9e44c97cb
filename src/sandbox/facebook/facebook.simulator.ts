import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from '../fault.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type AudiencesFilter, type AudienceView, type PlannedAnswer, type Simulator } from '../simulator.js';
import { AdsHandler } from './audiences/ads.handler.js';
import { AudienceControl, viewOf } from './audiences/audience-control.js';
import { AudienceListHandler } from './audiences/audience-list.handler.js';
import { AudienceStore } from './audiences/audience-store.js';
import { AudiencesHandler } from './audiences/audiences.handler.js';
import { SharingHandler } from './audiences/sharing.handler.js';
import {
  FACEBOOK_TOKEN_STATES,
  type FacebookSettings,
  type FacebookSimulatorOptions,
  facebookSettings,
  type FacebookTokenState,
} from './facebook-options.js';
import { GraphError } from './graph-error.js';
import { type GraphRoute, GraphRouter, sendError } from './graph-router.js';
import { UsersReplaceHandler } from './members/users-replace.handler.js';
import { UsersHandler } from './members/users.handler.js';
import { OauthHandler } from './oauth.handler.js';
import { Throttle, throttleError } from './throttle.js';
import { TokenGate } from './token-gate.js';

/** The account that the printed variables name. */
const SAMPLE_ACCOUNT = '1234567890';

/** Meta's Custom Audiences, offline: https://developers.facebook.com/documentation/ads-commerce/marketing-api */
export class FacebookSimulator implements Simulator {
  readonly secretHeaders = ['authorization'];
  readonly secretParameters = [
    'access_token',
    'appsecret_proof',
    'client_secret',
    'fb_exchange_token',
    'input_token',
  ] as const;
  readonly tokenStates = FACEBOOK_TOKEN_STATES;
  readonly handle: RequestHandler;
  private readonly settings: FacebookSettings;
  private readonly gate: TokenGate;
  private readonly throttle: Throttle;
  private readonly store: AudienceStore;
  private readonly sharing: SharingHandler;
  private readonly control: AudienceControl;

  constructor(clock: SandboxClock, options?: FacebookSimulatorOptions) {
    this.settings = facebookSettings(options);
    this.gate = new TokenGate(this.settings, clock);
    this.throttle = new Throttle(this.settings, clock);
    this.store = new AudienceStore(this.settings, clock, this.gate);
    this.sharing = new SharingHandler(this.store);
    this.control = new AudienceControl(this.store, this.sharing);
    this.handle = new GraphRouter(this.routes(), this.gate, this.throttle, this.store).handle;
  }

  refuseBody(status: number, res: Response): void {
    if (status === 413) sendError(res, new GraphError(1, 'The request is too large', { status: 413 }));
    else sendError(res, new GraphError(100, '(#100) The body of the request could not be read'));
  }

  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer {
    const error = fault.kind === 'error' ? plannedError(fault) : this.plannedThrottle(fault);
    return { status: error.status, body: error.body(), headers: error.details.headers ?? {} };
  }

  audiences(filter: AudiencesFilter): AudienceView[] {
    return this.store.all().map((audience) => viewOf(audience, filter));
  }

  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    return this.control.patch(id, patch);
  }

  setToken(token: string, state: string): void {
    this.gate.set(token, state as FacebookTokenState);
  }

  reset(): void {
    this.gate.reset();
    this.throttle.reset();
    this.store.reset();
    this.sharing.reset();
  }

  environment(origin: string): Readonly<Record<string, string>> {
    return {
      FACEBOOK_BASE_URL: origin,
      FACEBOOK_ACCESS_TOKEN: 'sandbox-token',
      FACEBOOK_AD_ACCOUNT_ID: SAMPLE_ACCOUNT,
    };
  }

  private routes(): Record<string, GraphRoute> {
    const audiences = new AudiencesHandler(this.store);
    const list = new AudienceListHandler(this.store);
    const users = new UsersHandler(this.store);
    const replace = new UsersReplaceHandler(this.store);
    const oauth = new OauthHandler(this.gate);
    const ads = new AdsHandler(this.store);
    return {
      'GET oauth/access_token': { open: true, answer: (call) => oauth.exchange(call) },
      'GET debug_token': { answer: (call) => oauth.debugToken(call) },
      'GET me': { answer: () => oauth.me() },
      'GET account': { answer: (call) => oauth.account(call) },
      'GET account/customaudiences': { answer: (call) => list.list(call) },
      'POST account/customaudiences': { terms: true, answer: (call) => audiences.create(call) },
      'DELETE account/usersofanyaudience': { terms: true, answer: (call) => users.removeFromAll(call) },
      'GET audience': { answer: (call) => audiences.read(call) },
      'POST audience': { answer: (call) => audiences.update(call) },
      'DELETE audience': { answer: (call) => audiences.delete(call) },
      'POST audience/users': { terms: true, answer: (call) => users.add(call) },
      'DELETE audience/users': { terms: true, answer: (call) => users.remove(call) },
      'POST audience/usersreplace': { terms: true, answer: (call) => replace.replace(call) },
      'GET audience/sessions': { answer: (call) => users.sessions(call) },
      'GET audience/ads': { answer: (call) => ads.list(call) },
      ...this.sharingRoutes(),
    };
  }

  /** The documentation has both spellings of the edge. */
  private sharingRoutes(): Record<string, GraphRoute> {
    const routes: Record<string, GraphRoute> = {
      'GET audience/shared_account_info': { answer: (call) => this.sharing.info(call) },
    };
    for (const edge of ['adaccounts', 'ad_accounts']) {
      routes[`GET audience/${edge}`] = { answer: (call) => this.sharing.list(call) };
      routes[`POST audience/${edge}`] = { answer: (call) => this.sharing.share(call) };
      routes[`DELETE audience/${edge}`] = { answer: (call) => this.sharing.unshare(call) };
    }
    return routes;
  }

  private plannedThrottle(fault: RateLimitFault): GraphError {
    const code = fault.code ?? 80003;
    const subcode = fault.subcode ?? (fault.code === undefined ? 2446079 : undefined);
    const headers: Record<string, string> = {};
    if (fault.retryAfterSeconds !== undefined) headers['Retry-After'] = String(fault.retryAfterSeconds);
    if (fault.usageWaitSeconds !== undefined) {
      Object.assign(headers, this.throttle.headers(SAMPLE_ACCOUNT, fault.usageWaitSeconds));
    }
    return throttleError(code, subcode, headers, fault.status);
  }
}

function plannedError(fault: PlatformErrorFault): GraphError {
  return new GraphError(fault.code, fault.message ?? `(#${fault.code}) An error that was asked for`, {
    ...(fault.subcode === undefined ? {} : { subcode: fault.subcode }),
    ...(fault.status === undefined ? {} : { status: fault.status }),
    transient: fault.transient ?? (fault.code === 1 || fault.code === 2),
  });
}
