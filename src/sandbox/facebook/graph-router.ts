import { type Request, type RequestHandler, type Response } from 'express';
import { type AudienceStore } from './audiences/audience-store.js';
import { type GraphCall, Parameters } from './graph-call.js';
import { GraphError, invalidParameter, notFound } from './graph-error.js';
import { type Throttle } from './throttle.js';
import { type TokenGate } from './token-gate.js';

/**
 * Marketing API versions: those served, and those that a newer one stands in for.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/marketing-api-changelog/versions
 */
const SERVED = ['v25.0', 'v26.0'];
const UPGRADED = 'v24.0';
const NEWEST = 26;
/** Longer request targets are refused, so large payloads must go in the body. */
const MAX_TARGET_LENGTH = 8192;

/** One call the platform knows, under `<method> <node>[/<edge>]`, as in `POST account/customaudiences`. */
export interface GraphRoute {
  /** Open to anyone; otherwise a token is needed. */
  readonly open?: true;
  /** Needs the Custom Audience Terms. */
  readonly terms?: true;
  readonly answer: (call: GraphCall) => object;
}

/** What the calls have in common: version, parameters, token, throttle, errors. */
export class GraphRouter {
  constructor(
    private readonly routes: Readonly<Record<string, GraphRoute>>,
    private readonly gate: TokenGate,
    private readonly throttle: Throttle,
    private readonly store: AudienceStore,
  ) {}

  readonly handle: RequestHandler = (req, res) => {
    try {
      res.json(this.answer(req, res));
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      sendError(res, error);
    }
  };

  private answer(req: Request, res: Response): object {
    if (req.originalUrl.length > MAX_TARGET_LENGTH) {
      throw new GraphError(1, 'The request target is too long', { status: 414 });
    }
    const [version = '', ...path] = req.path.split('/').filter((part) => part !== '');
    checkVersion(version, req.path, res);
    const parameters = parametersOf(req);
    if (parameters.has('method')) throw invalidParameter('The method of a call cannot be overridden');
    const { node, id } = nodeOf(path);
    const key = `${req.method} ${node}`;
    const route = Object.hasOwn(this.routes, key) ? this.routes[key] : undefined;
    const token = route?.open === true ? '' : this.gate.admit(req, parameters);
    const origin = `${req.protocol}://${req.get('host') ?? ''}`;
    const call: GraphCall = { method: req.method, version, origin, token, id, parameters };
    if (route === undefined) throw this.unknownPath(call, node, req.path);
    if (id !== '') this.charge(call, node, route, res);
    return route.answer(call);
  }

  private charge(call: GraphCall, node: string, route: GraphRoute, res: Response): void {
    const account = node.startsWith('account') ? call.id : this.store.find(call.id)?.accountId;
    if (account !== undefined) {
      this.throttle.charge(account, call.method !== 'GET');
      res.set(this.throttle.headers(account));
    }
    this.gate.authorise(call.token, route.terms === true);
  }

  private unknownPath(call: GraphCall, node: string, path: string): GraphError {
    if (node.startsWith('audience') && this.store.find(call.id) === undefined) return notFound(call.method, call.id);
    const elsewhere = Object.keys(this.routes).some((key) => key.endsWith(` ${node}`));
    if (elsewhere) return notFound(call.method, call.id);
    return new GraphError(2500, `Unknown path components: ${path.replace(/^\/[^/]+/, '')}`);
  }
}

/** Sends a refusal. */
export function sendError(res: Response, error: GraphError): void {
  if (error.details.headers !== undefined) res.set({ ...error.details.headers });
  res.status(error.status).json(error.body());
}

function checkVersion(version: string, path: string, res: Response): void {
  const major = /^v(\d{1,3})\.0$/.exec(version)?.[1];
  if (major === undefined || Number(major) > NEWEST) {
    throw new GraphError(2500, `Unknown path components: ${path}`);
  }
  if (version === UPGRADED) {
    res.set(
      'X-Ad-Api-Version-Warning',
      `The call has been auto-upgraded to ${SERVED[0] ?? ''} as ${version} has expired`,
    );
  } else if (!SERVED.includes(version)) {
    const message = `(#2635) You are calling a deprecated version of the Ads API. Please update to the latest version: v${NEWEST}.0.`;
    throw new GraphError(2635, message);
  }
  res.set('facebook-api-version', version === UPGRADED ? 'v25.0' : version);
}

function parametersOf(req: Request): Parameters {
  const body: unknown = req.body ?? {};
  if (typeof body !== 'object' || Array.isArray(body)) throw invalidParameter('The body must be a JSON object');
  return new Parameters({ ...req.query, ...body });
}

/** Splits a path into the kind of its object, that object's id, and the edge. */
function nodeOf(path: readonly string[]): { node: string; id: string } {
  const [first = '', ...edge] = path;
  const account = /^act_(\d+)$/.exec(first)?.[1];
  if (account !== undefined) return { node: ['account', ...edge].join('/'), id: account };
  if (/^\d+$/.test(first)) return { node: ['audience', ...edge].join('/'), id: first };
  return { node: path.join('/'), id: '' };
}
