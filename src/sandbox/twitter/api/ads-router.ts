import { type Request, type RequestHandler, type Response } from 'express';
import { bodySize } from '../../body-parsing.js';
import { type SandboxClock } from '../../sandbox-clock.js';
import { type AdsAnswer, type AdsCall, type PathIds } from './ads-call.js';
import { AdsError, routeNotFound } from './ads-error.js';
import { AdsParams } from './ads-params.js';
import { type AccessKind, type OauthGate } from './oauth-gate.js';
import { type Parameter, readQuery } from './oauth-signature.js';
import { type RateBucket, type RateLimiter } from './rate-limiter.js';

const CURRENT_VERSION = '12';
/** Still served; every answer warns. */
const DEPRECATED_VERSION = '11';

const NO_IDS: PathIds = { account: '', audience: '', permission: '', list: '' };
const ID = /^[a-z0-9]{1,32}$/;
const FORM = 'application/x-www-form-urlencoded';

/** One call that the platform knows, under `<METHOD> <path>` with `:account` and other ids in it. */
export interface AdsRoute {
  readonly kind: AccessKind;
  readonly bucket: (params: AdsParams) => RateBucket;
  readonly answer: (call: AdsCall) => AdsAnswer;
}

/** What the calls have in common: version, path, signature, account, rate, envelope. */
export class AdsRouter {
  constructor(
    private readonly routes: Readonly<Record<string, AdsRoute>>,
    private readonly gate: OauthGate,
    private readonly limiter: RateLimiter,
    private readonly clock: SandboxClock,
  ) {}

  readonly handle: RequestHandler = (req, res) => {
    res.set({ 'x-current-api-version': CURRENT_VERSION, Date: new Date(this.clock.now()).toUTCString() });
    let echo: Record<string, unknown> = {};
    try {
      const { key, ids, sentIds } = this.routeOf(req, res);
      echo = sentIds;
      const parameters = parametersOf(req);
      const token = this.gate.admit(req, parameters);
      const route = this.routes[key];
      if (route === undefined) throw routeNotFound(req.path);
      const params = new AdsParams(parameters);
      echo = { ...params.echo, ...sentIds };
      this.gate.authorise(token, ids.account === '' ? undefined : ids.account, route.kind);
      res.set(this.limiter.charge(ids.account || token, route.bucket(params)));
      const json: unknown = req.is('json') === false ? undefined : req.body;
      const answer = route.answer({ token, ids, params, json, bodyBytes: bodySize(req) });
      sendAnswer(res, answer, { ...params.echo, ...sentIds });
    } catch (error) {
      if (!(error instanceof AdsError)) throw error;
      sendError(res, error, echo);
    }
  };

  private routeOf(req: Request, res: Response) {
    const [version = '', ...path] = req.path.split('/').filter((part) => part !== '');
    if (version === DEPRECATED_VERSION) res.set('x-api-warn', 'Version 11 is deprecated; please use version 12');
    else if (version !== CURRENT_VERSION) throw routeNotFound(req.path);
    const found = Object.keys(this.routes)
      .map((key) => ({ key, method: key.split(' ')[0], ids: match(key.split(' ')[1] ?? '', path) }))
      .filter(({ ids }) => ids !== undefined);
    const exact = found.find(({ method }) => method === req.method);
    if (exact?.ids !== undefined)
      return { key: exact.key, ids: { ...NO_IDS, ...exact.ids }, sentIds: named(exact.ids) };
    // Members are never listed: their path is there for nothing but POST, and says so as if it were not there at all.
    if (found.length === 0 || path.at(-1) === 'users') throw routeNotFound(req.path);
    throw new AdsError(405, 'METHOD_NOT_ALLOWED', `${req.method} is not allowed here`);
  }
}

/** Sends a refusal. */
export function sendError(res: Response, error: AdsError, echo: object = {}): void {
  res
    .set({ ...error.details.headers })
    .status(error.status)
    .json(error.body(echo));
}

function sendAnswer(res: Response, { data, status, nextCursor, totalCount, isBatch }: AdsAnswer, echo: object): void {
  res.status(status ?? 200).json({
    request: isBatch ? [{ params: echo }] : { params: echo },
    ...(nextCursor === undefined ? {} : { next_cursor: nextCursor }),
    ...(totalCount === undefined ? {} : { total_count: totalCount }),
    data,
  });
}

/** Of the query, and of the body where that is a form: these are what is signed. */
function parametersOf(req: Request): readonly Parameter[] {
  const query = readQuery(req.originalUrl.split('?')[1] ?? '');
  if (query === undefined) throw new AdsError(400, 'ILLEGAL_CHARACTERS', 'The query is not well-formed');
  if (!req.is(FORM)) return query;
  const form = Object.entries((req.body ?? {}) as Record<string, string | string[]>);
  return [...query, ...form.flatMap(([name, value]) => [value].flat().map((one) => [name, one] as const))];
}

function match(template: string, path: readonly string[]): Partial<Record<keyof PathIds, string>> | undefined {
  const parts = template.split('/');
  if (parts.length !== path.length) return undefined;
  const ids: Partial<Record<string, string>> = {};
  for (const [at, part] of parts.entries()) {
    const given = path[at] ?? '';
    if (part.startsWith(':')) ids[part.slice(1)] = given;
    else if (part !== given) return undefined;
  }
  if (Object.values(ids).some((id) => !ID.test(id ?? ''))) {
    throw new AdsError(404, 'INVALID_ID_ILLEGAL_CHARACTERS', 'An id of the path has illegal characters');
  }
  return ids;
}

const ID_NAMES: Readonly<Record<keyof PathIds, string>> = {
  account: 'account_id',
  audience: 'custom_audience_id',
  permission: 'custom_audience_permission_id',
  list: 'do_not_reach_list_id',
};

function named(ids: Partial<Record<keyof PathIds, string>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(ids).map(([name, id]) => [ID_NAMES[name as keyof PathIds], id]));
}
