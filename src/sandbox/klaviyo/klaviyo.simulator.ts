import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from '../fault.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type AudiencesFilter, type AudienceView, type PlannedAnswer, type Simulator } from '../simulator.js';
import { AccountsHandler } from './accounts.handler.js';
import { type ApiError, invalidBody, refusal, throttled } from './api/api-error.js';
import { ApiRouter, sendRefusal } from './api/api-router.js';
import { KeyGate } from './api/key-gate.js';
import { type OperationTable } from './api/operation.js';
import { RateLimiter } from './api/rate-limiter.js';
import { ImportsHandler } from './imports/imports.handler.js';
import { KlaviyoAccount } from './klaviyo-account.js';
import {
  KLAVIYO_KEY_STATES,
  type KlaviyoKeyState,
  type KlaviyoSettings,
  type KlaviyoSimulatorOptions,
  klaviyoSettings,
} from './klaviyo-options.js';
import { listView, patchList } from './list-views.js';
import { ListMembersHandler } from './lists/list-members.handler.js';
import { ListsHandler } from './lists/lists.handler.js';
import { ConsentHandler } from './profiles/consent.handler.js';
import { PrivacyHandler } from './profiles/privacy.handler.js';
import { ProfilesHandler } from './profiles/profiles.handler.js';
import { SegmentsHandler } from './segments/segments.handler.js';

const ERROR_CODES: Readonly<Record<number, string>> = {
  400: 'invalid',
  401: 'authentication_failed',
  403: 'permission_denied',
  404: 'not_found',
  409: 'duplicate_profile',
  410: 'gone',
  413: 'payload_too_large',
};

/** Klaviyo's profiles, lists and segments, offline: https://developers.klaviyo.com/en/reference/api_overview */
export class KlaviyoSimulator implements Simulator {
  readonly secretHeaders = ['authorization'];
  readonly secretParameters: readonly string[] = [];
  readonly tokenStates = KLAVIYO_KEY_STATES;
  readonly handle: RequestHandler;
  private readonly settings: KlaviyoSettings;
  private readonly gate: KeyGate;
  private readonly limiter: RateLimiter;
  private readonly accounts = new Map<string, KlaviyoAccount>();

  constructor(
    private readonly clock: SandboxClock,
    options?: KlaviyoSimulatorOptions,
  ) {
    this.settings = klaviyoSettings(options);
    this.gate = new KeyGate(this.settings);
    this.limiter = new RateLimiter(this.settings, clock);
    const account = (id: string): KlaviyoAccount => this.account(id);
    const around = { settings: this.settings, clock, account };
    this.handle = new ApiRouter(this.operations(), this.gate, this.limiter, around).handle;
  }

  refuseBody(status: number, res: Response): void {
    const tooLarge = refusal(413, 'payload_too_large', 'Payload too large.');
    sendRefusal(res, status === 413 ? tooLarge : invalidBody('The request body is not valid JSON.'));
  }

  /** The code of a planned error is its HTTP status: the platform's own codes are words. */
  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer {
    const error =
      fault.kind === 'rate-limit'
        ? throttled(fault.retryAfterSeconds, fault.status ?? fault.code)
        : plannedError(fault);
    const headers = { 'Content-Type': 'application/vnd.api+json', ...error.headers };
    return { status: error.status, body: error.body(), headers };
  }

  audiences(filter: AudiencesFilter): AudienceView[] {
    return [...this.accounts.values()].flatMap((account) => {
      account.catchUp();
      return account.lists.all().map((list) => listView(account, list, filter, this.clock.now()));
    });
  }

  /** Understands `deleted`, `segmentsActive`, `failRows` and `cancelImports`. */
  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    for (const account of this.accounts.values()) {
      account.catchUp();
      const list = account.lists.find(id);
      if (list === undefined) continue;
      patchList(account, list, patch, this.clock.now());
      return listView(account, list, {}, this.clock.now());
    }
    return undefined;
  }

  setToken(token: string, state: string): void {
    this.gate.set(token, state as KlaviyoKeyState);
  }

  reset(): void {
    this.gate.reset();
    this.limiter.reset();
    this.accounts.clear();
  }

  environment(origin: string): Readonly<Record<string, string>> {
    return { KLAVIYO_BASE_URL: origin, KLAVIYO_API_KEY: 'pk_sandbox000000000000000000000000000' };
  }

  private account(id: string): KlaviyoAccount {
    let account = this.accounts.get(id);
    if (account === undefined) {
      account = new KlaviyoAccount(id, this.settings, this.clock);
      this.accounts.set(id, account);
    }
    return account;
  }

  private operations(): OperationTable {
    const handlers = [
      new AccountsHandler(),
      new ListsHandler(this.settings),
      new ListMembersHandler(),
      new SegmentsHandler(),
      new ImportsHandler(),
      new ProfilesHandler(),
      new ConsentHandler(),
      new PrivacyHandler(),
    ];
    return Object.assign({}, ...handlers.map((handler) => handler.operations())) as OperationTable;
  }
}

function plannedError({ code, status, message }: PlatformErrorFault): ApiError {
  const answered = status ?? (code >= 400 && code <= 599 ? code : 500);
  return refusal(answered, ERROR_CODES[answered] ?? 'error', message ?? 'An error that was asked for.');
}
