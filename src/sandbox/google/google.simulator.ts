import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from '../fault.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type AudiencesFilter, type AudienceView, type PlannedAnswer, type Simulator } from '../simulator.js';
import { AdsRouter } from './ads/ads-router.js';
import { LookalikesHandler } from './ads/lookalikes.handler.js';
import { ApiError, type ApiStatus, unreadable } from './api/api-error.js';
import { ApiRouter, type ApiRoutes, newRequestId, sendError } from './api/api-router.js';
import { INGEST_REQUEST, REMOVE_ALL_REQUEST, REMOVE_REQUEST, USER_LIST } from './api/messages.js';
import { exhausted, QuotaBuckets } from './api/quota-buckets.js';
import {
  GOOGLE_CREDENTIAL_STATES,
  type GoogleCredentialState,
  type GoogleSettings,
  googleSettings,
  type GoogleSimulatorOptions,
  SAMPLE_CLIENT,
  SAMPLE_SECRET,
} from './google-options.js';
import { patchUserList, viewUserList } from './lists/list-control.js';
import { UserListStore } from './lists/user-list-store.js';
import { UserListsHandler } from './lists/user-lists.handler.js';
import { MembersHandler } from './members/members.handler.js';
import { RequestStore } from './members/request-store.js';
import { CredentialGate } from './oauth/credential-gate.js';
import { TokenHandler } from './oauth/token.handler.js';

const STATUS_OF: Readonly<Record<number, ApiStatus>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  409: 'ABORTED',
  429: 'RESOURCE_EXHAUSTED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
};

/**
 * Google's Customer Match by the Data Manager API, offline, with Google's token endpoint under `/token` and what the Google Ads API
 * has for lookalikes.
 * https://developers.google.com/data-manager/api
 */
export class GoogleSimulator implements Simulator {
  readonly secretHeaders = ['authorization'];
  readonly secretParameters = ['client_secret', 'refresh_token', 'assertion', 'access_token'] as const;
  readonly tokenStates = GOOGLE_CREDENTIAL_STATES;
  readonly handle: RequestHandler;
  private readonly settings: GoogleSettings;
  private readonly gate: CredentialGate;
  private readonly quotas: QuotaBuckets;
  private readonly store: UserListStore;
  private readonly requests: RequestStore;
  private readonly ads: AdsRouter;

  constructor(clock: SandboxClock, options?: GoogleSimulatorOptions) {
    this.settings = googleSettings(options);
    this.gate = new CredentialGate(this.settings, clock);
    this.quotas = new QuotaBuckets(this.settings, clock);
    this.store = new UserListStore(this.settings, clock);
    this.requests = new RequestStore(clock, this.settings.processingMs);
    const tokens = new TokenHandler(this.settings, this.gate, clock);
    const api = new ApiRouter(this.routes(), this.gate, this.quotas);
    const lookalikes = new LookalikesHandler(this.store, this.gate);
    this.ads = new AdsRouter((call) => lookalikes.mutate(call), this.gate, this.settings, clock);
    this.handle = (req, res, next) => {
      this.requests.catchUp();
      if (req.method === 'POST' && req.path === '/token') tokens.answer(req, res);
      else if (this.ads.isFor(req)) this.ads.answer(req, res);
      else void api.handle(req, res, next);
    };
  }

  refuseBody(status: number, res: Response): void {
    if (status === 413) res.status(413).type('html').send('<!DOCTYPE html><title>Error 413</title>');
    else sendError(res, unreadable('Unexpected token.'));
  }

  /** The code of a planned error is its HTTP status; the message may be one of the platform's reasons. */
  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer {
    const error = fault.kind === 'error' ? plannedError(fault) : plannedLimit(fault);
    return { status: error.http, body: error.body(newRequestId()), headers: error.details.headers ?? {} };
  }

  audiences(filter: AudiencesFilter): AudienceView[] {
    this.requests.catchUp();
    return this.store.all().map((list) => viewUserList(list, this.store, filter));
  }

  /** See {@link patchUserList} for what it understands. */
  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    this.requests.catchUp();
    const list = this.store.find(id);
    if (list === undefined) return undefined;
    patchUserList(list, patch, this.store);
    return viewUserList(list, this.store, {});
  }

  /** `token` is a refresh token or the address of a service account: access tokens come and go. */
  setToken(token: string, state: string): void {
    this.gate.set(token, state as GoogleCredentialState);
  }

  reset(): void {
    this.gate.reset();
    this.quotas.reset();
    this.ads.reset();
    this.store.reset();
    this.requests.reset();
  }

  environment(origin: string): Readonly<Record<string, string>> {
    return {
      GOOGLE_BASE_URL: origin,
      GOOGLE_ADS_BASE_URL: origin,
      GOOGLE_TOKEN_URL: `${origin}/token`,
      GOOGLE_CUSTOMER_ID: '1234567890',
      GOOGLE_CLIENT_ID: SAMPLE_CLIENT,
      GOOGLE_CLIENT_SECRET: SAMPLE_SECRET,
      GOOGLE_REFRESH_TOKEN: '1//sandbox-refresh-token',
      GOOGLE_CONSENT_AD_USER_DATA: 'GRANTED',
      GOOGLE_CONSENT_AD_PERSONALIZATION: 'GRANTED',
      GOOGLE_POLL_SECONDS: '1',
    };
  }

  private routes(): ApiRoutes {
    const lists = new UserListsHandler(this.store, this.gate);
    const members = new MembersHandler(this.store, this.gate, this.requests);
    const change = { quota: 'ManagementMutate', parameters: ['validateOnly'] } as const;
    const read = { quota: 'ManagementRead' } as const;
    const ingest = { quota: 'IngestionMutate', parameters: [] } as const;
    const inPages = ['filter', 'pageSize', 'pageToken'];
    const ofUpdate = ['updateMask', 'validateOnly'];
    return {
      'POST userLists': { ...change, message: USER_LIST, answer: (call) => lists.create(call) },
      'GET userLists': { ...read, parameters: inPages, answer: (call) => lists.list(call) },
      'GET userList': { ...read, parameters: [], answer: (call) => lists.get(call) },
      'PATCH userList': { ...change, parameters: ofUpdate, message: USER_LIST, answer: (call) => lists.update(call) },
      'DELETE userList': { ...change, answer: (call) => lists.delete(call) },
      'POST audienceMembers:ingest': { ...ingest, message: INGEST_REQUEST, answer: (call) => members.ingest(call) },
      'POST audienceMembers:remove': { ...ingest, message: REMOVE_REQUEST, answer: (call) => members.remove(call) },
      'POST audienceMembers:removeAll': {
        ...ingest,
        message: REMOVE_ALL_REQUEST,
        answer: (call) => members.removeAll(call),
      },
      'GET requestStatus:retrieve': {
        quota: 'IngestionRead',
        parameters: ['requestId'],
        answer: (call) => members.status(call),
      },
    };
  }
}

function plannedLimit({ retryAfterSeconds, usageWaitSeconds }: RateLimitFault): ApiError {
  const headers: Record<string, string> = {};
  if (retryAfterSeconds !== undefined) headers['Retry-After'] = String(retryAfterSeconds);
  const error = exhausted('IngestionMutateRequestsPerMinutePerProject', undefined, { headers });
  if (usageWaitSeconds === undefined) return error;
  return new ApiError(error.status, error.message, { ...error.details, retryDelay: usageWaitSeconds });
}

function plannedError({ code, status, message = '' }: PlatformErrorFault): ApiError {
  const http = status ?? code;
  const isReason = /^[A-Z][A-Z_]+$/.test(message);
  const text = isReason || message === '' ? 'An error that was asked for.' : message;
  const known = STATUS_OF[http] ?? 'INTERNAL';
  return new ApiError(known, text, isReason ? { reason: message } : {}, http);
}
