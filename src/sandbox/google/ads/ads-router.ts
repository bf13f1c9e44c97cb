import { type Request, type Response } from 'express';
import { type SandboxClock } from '../../sandbox-clock.js';
import { ApiError, unreadable } from '../api/api-error.js';
import { sendError } from '../api/api-router.js';
import { checkMessage, type Message } from '../api/message-schema.js';
import { type GoogleSettings } from '../google-options.js';
import { type CredentialGate, type Grant } from '../oauth/credential-gate.js';
import { AdsError } from './ads-error.js';

/** One call: the token has been checked, and its body fits the message. */
export interface AdsCall {
  readonly credential: string;
  readonly account: string;
  readonly loginCustomerId: string | undefined;
  readonly body: Readonly<Record<string, unknown>>;
}

const DAY_MS = 86_400_000;
const PATH = /^\/(v\d{1,3})\/customers\/([^/]+)\/([a-zA-Z]+(?:\/\d+)?:[a-zA-Z]+)$/;

const MUTATE: Message = {
  fields: {
    operations: {
      repeated: true,
      type: {
        fields: {
          create: {
            fields: {
              name: 'string',
              description: 'string',
              membershipLifeSpan: 'int64',
              lookalikeUserList: {
                fields: {
                  seedUserListIds: { type: 'int64', repeated: true },
                  expansionLevel: ['UNSPECIFIED', 'UNKNOWN', 'NARROW', 'BALANCED', 'BROAD'],
                  countryCodes: { type: 'string', repeated: true },
                },
              },
            },
          },
        },
      },
    },
    partialFailure: 'bool',
    validateOnly: 'bool',
  },
};

/** The little of the Google Ads API that the Data Manager API does not have, behind one quota of operations a day. */
export class AdsRouter {
  private operations = { day: 0, count: 0 };

  constructor(
    private readonly mutate: (call: AdsCall) => object,
    private readonly gate: CredentialGate,
    private readonly settings: Pick<GoogleSettings, 'adsVersions' | 'adsOperationsPerDay' | 'rateLimits'>,
    private readonly clock: SandboxClock,
  ) {}

  reset(): void {
    this.operations = { day: 0, count: 0 };
  }

  isFor(req: Request): boolean {
    return req.method === 'POST' && PATH.test(req.path);
  }

  answer(req: Request, res: Response): void {
    const [, version = '', account = '', method = ''] = PATH.exec(req.path) ?? [];
    try {
      res.json(this.result(req, version, account, method));
    } catch (error) {
      if (error instanceof AdsError) res.status(error.http).json(error.body(version));
      else if (error instanceof ApiError) sendError(res, error);
      else throw error;
    }
  }

  private result(req: Request, version: string, account: string, method: string): object {
    const grant = this.gate.admit(req);
    if (!this.settings.adsVersions.includes(version)) {
      throw new AdsError('requestError', 'UNSUPPORTED_VERSION', `Version ${version} is deprecated.`);
    }
    this.authorise(grant);
    // Uploads are for those who were there before April 2026: https://developers.google.com/google-ads/api/docs/api-policy
    if (method.startsWith('offlineUserDataJobs')) {
      const message = 'The customer is not allowlisted for using this feature.';
      throw new AdsError('notAllowlistedError', 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', message, 403);
    }
    if (method !== 'userLists:mutate') throw new AdsError('requestError', 'BAD_RESOURCE_ID', 'There is no such call.');
    const body: unknown = req.body;
    checkMessage(body, MUTATE);
    const login = req.get('login-customer-id');
    if (!/^\d{1,20}$/.test(account) || (login !== undefined && !/^\d{1,20}$/.test(login))) {
      throw new AdsError('requestError', 'INVALID_CUSTOMER_ID', 'A customer id consists of digits.');
    }
    this.charge(Array.isArray(body['operations']) ? body['operations'].length : 0);
    return this.mutate({ credential: grant.credential, account, loginCustomerId: login, body });
  }

  private authorise(grant: Grant): void {
    if (this.gate.isForAds(grant)) return;
    throw new ApiError('PERMISSION_DENIED', 'Request had insufficient authentication scopes.', {
      reason: 'ACCESS_TOKEN_SCOPE_INSUFFICIENT',
      domain: 'googleapis.com',
      metadata: { service: 'googleads.googleapis.com' },
    });
  }

  private charge(count: number): void {
    if (count === 0) throw unreadable('operations is required', 'operations');
    const day = Math.floor(this.clock.now() / DAY_MS);
    if (this.operations.day !== day) this.operations = { day, count: 0 };
    this.operations.count += count;
    if (!this.settings.rateLimits || this.operations.count <= this.settings.adsOperationsPerDay) return;
    throw new AdsError('quotaError', 'RESOURCE_EXHAUSTED', 'Too many operations.', 429);
  }
}
