import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from '../fault.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type AudiencesFilter, type AudienceView, type PlannedAnswer, type Simulator } from '../simulator.js';
import { AccountHandler, SAMPLE_ADVERTISER } from './account.handler.js';
import { patchTikTokAudience, viewTikTokAudience } from './audiences/audience-control.js';
import { AudienceReadingHandler } from './audiences/audience-reading.handler.js';
import { AudienceStore } from './audiences/audience-store.js';
import { FileAudiencesHandler } from './audiences/file-audiences.handler.js';
import { SegmentHandler } from './audiences/segment.handler.js';
import { LookalikeHandler } from './derived/lookalike.handler.js';
import { RuleAudienceHandler } from './derived/rule-audience.handler.js';
import { FileStore } from './files/file-store.js';
import { FileUploadHandler } from './files/file-upload.handler.js';
import { MappingHandler } from './members/mapping.handler.js';
import { RateLimiter } from './rate-limiter.js';
import { SharingHandler } from './sharing/sharing.handler.js';
import { invalidParameter, TikTokError } from './tiktok-error.js';
import {
  TIKTOK_TOKEN_STATES,
  type TikTokSettings,
  type TikTokSimulatorOptions,
  tiktokSettings,
  type TikTokTokenState,
} from './tiktok-options.js';
import { newRequestId, sendError, type TikTokRoute, TikTokRouter } from './tiktok-router.js';
import { TokenGate } from './token-gate.js';

/** TikTok's custom audiences, offline: https://business-api.tiktok.com/portal/docs?id=1739566528222210 */
export class TikTokSimulator implements Simulator {
  readonly secretHeaders = ['access-token', 'authorization'];
  readonly secretParameters = ['access_token', 'Access-Token', 'secret', 'auth_code'] as const;
  readonly tokenStates = TIKTOK_TOKEN_STATES;
  readonly handle: RequestHandler;
  private readonly settings: TikTokSettings;
  private readonly gate: TokenGate;
  private readonly store: AudienceStore;
  private readonly files: FileStore;
  private readonly general: RateLimiter;
  private readonly streaming: RateLimiter;

  constructor(
    private readonly clock: SandboxClock,
    options?: TikTokSimulatorOptions,
  ) {
    this.settings = tiktokSettings(options);
    this.gate = new TokenGate(this.settings, clock);
    this.store = new AudienceStore(this.settings, clock, this.gate);
    this.files = new FileStore(clock, this.settings.fileLifetimeMs);
    this.general = new RateLimiter(this.settings.generalRate, clock);
    this.streaming = new RateLimiter(this.settings.segmentRate, clock);
    const routes = { ...this.segmentRoutes(), ...this.audienceRoutes(), ...this.accountRoutes() };
    this.handle = new TikTokRouter(routes, this.gate, clock).handle;
  }

  refuseBody(status: number, res: Response): void {
    if (status === 413) res.status(413).type('text').send('413 request entity too large');
    else sendError(res, this.clock.now(), invalidParameter('The request body could not be read.'));
  }

  /** A rate limit is HTTP 200 with code 40100 and no header, unless the fault says otherwise. */
  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer {
    const message = fault.kind === 'error' ? fault.message : undefined;
    const error = new TikTokError(fault.code ?? 40100, message, fault.status);
    const requestId = newRequestId(this.clock.now());
    const wait = fault.kind === 'rate-limit' ? fault.retryAfterSeconds : undefined;
    return {
      status: error.status,
      headers: { 'X-TT-LOGID': requestId, ...(wait === undefined ? {} : { 'Retry-After': String(wait) }) },
      body: { code: error.code, message: error.message, request_id: requestId, data: {} },
    };
  }

  audiences(filter: AudiencesFilter): AudienceView[] {
    return this.store.all().map((audience) => viewTikTokAudience(audience, this.store, filter));
  }

  /** See {@link patchTikTokAudience} for what it understands. */
  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    const audience = this.store.find(id);
    if (audience === undefined) return undefined;
    patchTikTokAudience(audience, patch, this.store);
    return viewTikTokAudience(audience, this.store, {});
  }

  setToken(token: string, state: string): void {
    this.gate.set(token, state as TikTokTokenState);
  }

  reset(): void {
    this.gate.reset();
    this.store.reset();
    this.files.reset();
    this.general.reset();
    this.streaming.reset();
  }

  environment(origin: string): Readonly<Record<string, string>> {
    return {
      TIKTOK_BASE_URL: origin,
      TIKTOK_ACCESS_TOKEN: 'sandbox-token',
      TIKTOK_ADVERTISER_ID: SAMPLE_ADVERTISER,
    };
  }

  private segmentRoutes(): Record<string, TikTokRoute> {
    const segments = new SegmentHandler(this.store);
    const mapping = new MappingHandler(this.store);
    const common = { scope: 31, limiter: this.streaming, successCode: this.settings.segmentSuccessCode } as const;
    return {
      'POST /segment/audience/': { ...common, answer: (call) => segments.change(call) },
      'POST /segment/mapping/': { ...common, answer: (call) => mapping.map(call) },
    };
  }

  private audienceRoutes(): Record<string, TikTokRoute> {
    const reading = new AudienceReadingHandler(this.store);
    const audiences = new FileAudiencesHandler(this.store, this.files);
    const uploads = new FileUploadHandler(this.files, this.gate, this.settings);
    const lookalikes = new LookalikeHandler(this.store);
    const rules = new RuleAudienceHandler(this.store);
    const read = { scope: 30, limiter: this.general } as const;
    const write = { scope: 31, limiter: this.general } as const;
    const base = '/dmp/custom_audience';
    return {
      [`GET ${base}/list/`]: { ...read, answer: (call) => reading.list(call) },
      [`GET ${base}/get/`]: { ...read, answer: (call) => reading.get(call) },
      [`POST ${base}/file/upload/`]: { ...write, form: true, answer: (call) => uploads.upload(call) },
      [`POST ${base}/create/`]: { ...write, answer: (call) => audiences.create(call) },
      [`POST ${base}/update/`]: { ...write, answer: (call) => audiences.update(call) },
      [`POST ${base}/delete/`]: { ...write, answer: (call) => audiences.delete(call) },
      [`GET ${base}/apply/log/`]: { ...write, answer: (call) => reading.applyLog(call) },
      [`POST ${base}/lookalike/create/`]: { ...write, answer: (call) => lookalikes.create(call) },
      [`POST ${base}/rule/create/`]: { ...write, answer: (call) => rules.create(call) },
      ...this.sharingRoutes(base),
    };
  }

  private sharingRoutes(base: string): Record<string, TikTokRoute> {
    const sharing = new SharingHandler(this.store);
    const common = { scope: 32, limiter: this.general } as const;
    return {
      [`POST ${base}/share/`]: { ...common, answer: (call) => sharing.share(call) },
      [`POST ${base}/share/cancel/`]: { ...common, answer: (call) => sharing.cancel(call) },
      [`GET ${base}/share/log/`]: { ...common, answer: (call) => sharing.log(call) },
    };
  }

  private accountRoutes(): Record<string, TikTokRoute> {
    const accounts = new AccountHandler(this.settings, this.gate);
    const open = { limiter: this.general };
    const any = { scope: 'any', limiter: this.general } as const;
    return {
      'POST /oauth2/access_token/': { ...open, answer: (call) => accounts.accessToken(call) },
      'POST /oauth2/refresh_token/': { ...open, answer: () => accounts.refreshToken() },
      'POST /oauth2/revoke_token/': { ...open, answer: (call) => accounts.revokeToken(call) },
      'GET /oauth2/advertiser/get/': { ...any, answer: (call) => accounts.advertisers(call) },
      'GET /advertiser/info/': { ...any, answer: (call) => accounts.advertiserInfo(call) },
    };
  }
}
