import { type Request, type RequestHandler, type Response } from 'express';
import { bodySize } from '../../body-parsing.js';
import { type SandboxClock } from '../../sandbox-clock.js';
import { type KlaviyoAccount } from '../klaviyo-account.js';
import { type KlaviyoSettings } from '../klaviyo-options.js';
import { ApiError, HtmlRefusal, notFound, refusal } from './api-error.js';
import { type KeyGate } from './key-gate.js';
import { type Answer, type ApiCall, type Operation, type OperationTable } from './operation.js';
import { Query } from './query.js';
import { type RateLimiter } from './rate-limiter.js';
import { checkRevision } from './revision.js';

const MEDIA_TYPE = 'application/vnd.api+json';
const MEDIA_TYPES = [MEDIA_TYPE, 'application/json'];

/** What the router needs to know of the world around it. */
export interface ApiSurroundings {
  readonly settings: KlaviyoSettings;
  readonly clock: SandboxClock;
  readonly account: (id: string) => KlaviyoAccount;
}

/** What the calls have in common: key, revision, path, scopes, limits, media types, errors. */
export class ApiRouter {
  constructor(
    private readonly operations: OperationTable,
    private readonly gate: KeyGate,
    private readonly limiter: RateLimiter,
    private readonly around: ApiSurroundings,
  ) {}

  readonly handle: RequestHandler = (req, res) => {
    try {
      send(res, this.answer(req, res));
    } catch (error) {
      sendRefusal(res, error);
    }
  };

  private answer(req: Request, res: Response): Answer {
    const { clock, settings } = this.around;
    const key = this.gate.admit(req.headers.authorization);
    checkRevision(req.headers, clock.now(), settings.revisionFallForward);
    const path = req.path.replace(/(?<=.)\/$/, '');
    const { name, operation, id } = this.find(req.method, path);
    this.gate.authorise(key, operation.scopes);
    const accountId = this.gate.accountOf(key);
    res.set(this.limiter.charge(accountId, name, operation, (parameter) => Object.hasOwn(req.query, parameter)));
    checkMediaType(req);
    const account = this.around.account(accountId);
    account.catchUp();
    const call: ApiCall = {
      account,
      origin: `${req.protocol}://${req.get('host') ?? ''}`,
      path,
      id,
      query: new Query(req.query, operation.parameters ?? []),
      body: req.body as unknown,
      bodyBytes: bodySize(req),
      now: clock.now(),
    };
    return operation.answer(call);
  }

  private find(method: string, path: string): { name: string; operation: Operation; id: string } {
    const parts = path.split('/');
    let otherMethod = false;
    for (const [name, operation] of Object.entries(this.operations)) {
      const [knownMethod, pattern = ''] = name.split(' ');
      const known = pattern.split('/');
      const same = known.length === parts.length && known.every((part, at) => part === ':id' || part === parts[at]);
      if (same && knownMethod === method) {
        return { name, operation, id: parts[known.indexOf(':id')] ?? '' };
      }
      otherMethod ||= same;
    }
    if (!otherMethod) throw notFound('No valid revisions found for method');
    throw refusal(405, 'method_not_allowed', 'Method not allowed.', `Method "${method}" not allowed.`);
  }
}

/** Sends a refusal that was thrown; anything else is a mistake of ours and is thrown again. */
export function sendRefusal(res: Response, error: unknown): void {
  if (error instanceof HtmlRefusal) {
    res.status(error.status).set(error.headers).type('html');
    res.send('<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>');
    return;
  }
  if (!(error instanceof ApiError)) throw error;
  // A throttled call tells when to come back, and nothing about the limits.
  if (error.status === 429) {
    for (const name of ['RateLimit-Limit', 'RateLimit-Remaining', 'RateLimit-Reset']) res.removeHeader(name);
  }
  send(res, { status: error.status, headers: error.headers, body: error.body() });
}

function send(res: Response, { status, headers, body }: Answer): void {
  res.status(status).set({ ...headers });
  if (body === undefined) {
    res.end();
    return;
  }
  // Not through express, which would add a charset that the media type does not have.
  res.setHeader('Content-Type', MEDIA_TYPE);
  res.end(JSON.stringify(body));
}

function checkMediaType(req: Request): void {
  const length = req.headers['content-length'];
  const hasBody = req.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
  const type = (req.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  if (!hasBody || MEDIA_TYPES.includes(type)) return;
  throw refusal(415, 'unsupported_media_type', 'Unsupported media type.', 'Unsupported media type in request.');
}
