import { randomUUID } from 'node:crypto';
import { type Request, type RequestHandler, type Response } from 'express';
import { type Quota } from '../google-options.js';
import { type CredentialGate } from '../oauth/credential-gate.js';
import { type ApiCall, Query } from './api-call.js';
import { ApiError, refused, unreadable, violation } from './api-error.js';
import { checkMessage, isObject, type Message } from './message-schema.js';
import { type QuotaBuckets } from './quota-buckets.js';

/** One call that the platform knows, under `<method> <place>`, as in `POST userLists`. */
export interface ApiRoute {
  readonly quota: Quota;
  /** What the body has to be; without it there is none. */
  readonly message?: Message;
  readonly parameters: readonly string[];
  readonly answer: (call: ApiCall) => object;
}

export type ApiRoutes = Readonly<Record<string, ApiRoute>>;

const LISTS = /^\/v1\/accountTypes\/([^/]+)\/accounts\/([^/]+)\/userLists(?:\/([^/]+))?$/;
const METHODS = /^\/v1\/([a-zA-Z]+:[a-zA-Z]+)$/;

interface Place {
  readonly name: string;
  readonly accountType: string;
  readonly account: string;
  readonly listId: string;
}

/** What the calls have in common: path, token, quota, parameters, body, errors. */
export class ApiRouter {
  constructor(
    private readonly routes: ApiRoutes,
    private readonly gate: CredentialGate,
    private readonly quotas: QuotaBuckets,
  ) {}

  readonly handle: RequestHandler = (req, res) => {
    const place = placeOf(req.path);
    const key = `${req.method} ${place?.name ?? ''}`;
    const route = Object.hasOwn(this.routes, key) ? this.routes[key] : undefined;
    // What stands in front of the API answers unknown addresses, with a page.
    if (place === undefined || route === undefined) {
      res.status(404).type('html').send('<!DOCTYPE html><title>Error 404 (Not Found)!!1</title>');
      return;
    }
    try {
      res.json(this.answer(route, place, req));
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      sendError(res, error);
    }
  };

  private answer(route: ApiRoute, place: Place, req: Request): object {
    const grant = this.gate.admit(req);
    this.gate.authorise(grant);
    this.quotas.charge(grant.project, route.quota);
    const query = Query.read(req, route.parameters);
    const body: unknown = req.body;
    if (route.message === undefined) {
      if (body !== undefined) throw unreadable('Request bodies are not allowed here.');
    } else checkMessage(body, route.message);
    if (place.account !== '') checkAccount(place);
    return route.answer({
      credential: grant.credential,
      account: place.account,
      listId: place.listId,
      query,
      body: isObject(body) ? body : {},
      loginHeader: req.get('login-account'),
    });
  }
}

/** Sends a refusal. */
export function sendError(res: Response, error: ApiError): void {
  if (error.details.headers !== undefined) res.set({ ...error.details.headers });
  res.status(error.http).json(error.body(newRequestId()));
}

/** As in `t-a8896317-…`. */
export function newRequestId(): string {
  return `t-${randomUUID()}`;
}

function placeOf(path: string): Place | undefined {
  const method = METHODS.exec(path)?.[1];
  if (method !== undefined) return { name: method, accountType: '', account: '', listId: '' };
  const [, accountType = '', account, listId] = LISTS.exec(path) ?? [];
  if (account === undefined) return undefined;
  return { name: listId === undefined ? 'userLists' : 'userList', accountType, account, listId: listId ?? '' };
}

function checkAccount({ accountType, account, listId }: Place): void {
  const isName = accountType === 'GOOGLE_ADS' && /^\d{1,20}$/.test(account) && /^\d{0,20}$/.test(listId);
  if (!isName) throw refused(violation('name', 'INVALID_RESOURCE_NAME', 'The resource name is not valid.'));
}
