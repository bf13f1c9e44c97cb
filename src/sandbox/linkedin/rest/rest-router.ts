import { randomUUID } from 'node:crypto';
import { type Request, type RequestHandler, type Response } from 'express';
import { type LinkedInSettings } from '../linkedin-options.js';
import { type TokenGate } from '../oauth/token-gate.js';
import { type RestAnswer, type RestCall, objectOf, readQuery } from './rest-call.js';
import { badRequest, notFound, RestError } from './rest-error.js';
import { type RestLimits } from './rest-limits.js';

const PREFIX = '/rest';

/** One call the platform knows, under `<method> <path>`, as in `POST /dmpSegments/:id/users`. */
export interface RestRoute {
  /** Needs a role that may do more than look. */
  readonly isWrite?: true;
  /** Counts against the limit of a minute. */
  readonly isUserCall?: true;
  /** What `X-RestLi-Method` may say; `''` stands for no such header. */
  readonly restMethods?: readonly string[];
  readonly parameters?: readonly string[];
  readonly answer: (call: RestCall) => RestAnswer;
}

export type RestRoutes = Readonly<Record<string, RestRoute>>;

/** What the calls have in common: token, version, protocol, path, scope, limits, envelope. */
export class RestRouter {
  constructor(
    private readonly routes: RestRoutes,
    private readonly gate: TokenGate,
    private readonly limits: RestLimits,
    private readonly settings: Pick<LinkedInSettings, 'versions'>,
  ) {}

  readonly handle: RequestHandler = (req, res) => {
    try {
      sendAnswer(res, this.answer(req));
    } catch (error) {
      if (!(error instanceof RestError)) throw error;
      sendRestError(res, error);
    }
  };

  private answer(req: Request): RestAnswer {
    const token = this.gate.admit(req.get('authorization'));
    this.checkVersion(req.get('linkedin-version'));
    if (req.get('x-restli-protocol-version') !== '2.0.0') {
      throw badRequest('X-Restli-Protocol-Version must be 2.0.0', 'PROTOCOL_VERSION_NOT_SUPPORTED');
    }
    const { route, ids } = this.find(req);
    this.gate.requireScope(token, req.path.slice(PREFIX.length));
    this.limits.charge(token, route.isUserCall === true);
    if (route.isWrite) this.gate.requireRole(token, req.path.slice(PREFIX.length));
    const restMethod = (req.get('x-restli-method') ?? '').toUpperCase();
    if (!(route.restMethods ?? ['']).includes(restMethod)) {
      throw badRequest(`X-RestLi-Method ${restMethod || '(none)'} is not supported here`, 'METHOD_NOT_SUPPORTED');
    }
    const query = readQuery(req, route.parameters ?? []);
    return route.answer({ token, ids, restMethod, query, body: bodyOf(req) });
  }

  private checkVersion(version: string | undefined): void {
    if (version === undefined) throw new RestError(400, 'A version must be present', { code: 'VERSION_MISSING' });
    if (!this.settings.versions.includes(version)) {
      throw new RestError(426, `Requested version ${version} is not active`, { code: 'NONEXISTENT_VERSION' });
    }
  }

  private find(req: Request): { route: RestRoute; ids: number[] } {
    const parts = req.path.startsWith(`${PREFIX}/`) ? req.path.slice(PREFIX.length).split('/') : [];
    let isKnownPath = false;
    for (const [name, route] of Object.entries(this.routes)) {
      const [method, path = ''] = name.split(' ');
      const pattern = path.split('/');
      const fits = pattern.length === parts.length && pattern.every((part, at) => part === ':id' || part === parts[at]);
      if (fits && method === req.method) return { route, ids: idsOf(pattern, parts) };
      isKnownPath ||= fits;
    }
    if (isKnownPath) throw new RestError(405, `${req.method} is not supported here`, { code: 'METHOD_NOT_ALLOWED' });
    throw notFound(`No virtual resource found for ${req.path}:`);
  }
}

/** Sends a refusal with the ids by which support finds a call. */
export function sendRestError(res: Response, error: RestError): void {
  sendAnswer(res, { status: error.status, body: error.body() });
}

/** The headers of every answer. */
export function supportHeaders(): Record<string, string> {
  return { 'x-li-uuid': randomUUID().replaceAll('-', ''), 'x-li-fabric': 'sandbox', 'x-li-proto': 'http/1.1' };
}

function sendAnswer(res: Response, { status, headers, body }: RestAnswer): void {
  res.status(status).set({ ...supportHeaders(), ...headers });
  if (body === undefined) res.end();
  else res.json(body);
}

function idsOf(pattern: readonly string[], parts: readonly string[]): number[] {
  return parts
    .filter((_, at) => pattern[at] === ':id')
    .map((part) => {
      if (!/^\d{1,15}$/.test(part)) throw badRequest(`Key parameter value ${part} must be of type long`);
      return Number(part);
    });
}

function bodyOf(req: Request): RestCall['body'] {
  if (req.method !== 'POST') return {};
  if (req.get('content-length') === undefined && req.get('transfer-encoding') === undefined) {
    throw new RestError(411, 'Length Required');
  }
  if (!req.is('application/json')) throw badRequest('Content-Type must be application/json', 'MEDIA_TYPE_UNSUPPORTED');
  return objectOf(req.body, 'The body');
}
