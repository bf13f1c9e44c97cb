import { randomBytes } from 'node:crypto';
import { type Request, type RequestHandler, type Response } from 'express';
import { bodySize } from '../body-parsing.js';
import { type SandboxClock } from '../sandbox-clock.js';
import { type RateLimiter } from './rate-limiter.js';
import { Fields, type TikTokAnswer, type TikTokCall, type UploadedFile } from './tiktok-call.js';
import { invalidParameter, TikTokError } from './tiktok-error.js';
import { type Scope, type TokenGate } from './token-gate.js';

/** The Marketing API of https://business-api.tiktok.com/portal/docs, current since 2022. */
const PREFIX = '/open_api/v1.3';

/** One call the platform knows, under `<method> <path>`, as in `POST /segment/audience/`. */
export interface TikTokRoute {
  /** What the token must hold; without it no token is needed. */
  readonly scope?: Scope | 'any';
  /** Takes a form with files instead of JSON. */
  readonly form?: true;
  readonly limiter: RateLimiter;
  /** What success is called; default 0. */
  readonly successCode?: number;
  readonly answer: (call: TikTokCall) => TikTokAnswer;
}

/** What the calls have in common: path, token, rate, fields, envelope. */
export class TikTokRouter {
  constructor(
    private readonly routes: Readonly<Record<string, TikTokRoute>>,
    private readonly gate: TokenGate,
    private readonly clock: SandboxClock,
  ) {}

  readonly handle: RequestHandler = (req, res) => {
    const path = req.path.startsWith(PREFIX) ? req.path.slice(PREFIX.length) : '';
    const key = `${req.method} ${path}`;
    const route = Object.hasOwn(this.routes, key) ? this.routes[key] : undefined;
    if (route === undefined) return this.refusePath(path, res);
    try {
      const { data, partial } = this.answer(route, req);
      if (partial !== undefined) sendEnvelope(res, this.clock.now(), { code: 20001, message: partial, data });
      else sendEnvelope(res, this.clock.now(), { code: route.successCode ?? 0, message: 'OK', data });
    } catch (error) {
      if (!(error instanceof TikTokError)) throw error;
      sendError(res, this.clock.now(), error);
    }
  };

  private answer(route: TikTokRoute, req: Request): TikTokAnswer {
    const token = route.scope === undefined ? '' : this.gate.admit(req);
    route.limiter.charge();
    if (route.scope !== undefined && route.scope !== 'any') this.gate.authorise(token, route.scope);
    const file = route.form === true ? filePart(req) : undefined;
    return route.answer({
      token,
      fields: fieldsOf(req, route),
      bodyBytes: bodySize(req),
      ...(file === undefined ? {} : { file }),
    });
  }

  /** The slash at the end is part of a path. */
  private refusePath(path: string, res: Response): void {
    res.set('X-TT-LOGID', newRequestId(this.clock.now()));
    const known = Object.keys(this.routes).some((key) => key.split(' ')[1] === path);
    if (known) res.status(405).type('text').send('405 method not allowed');
    else res.status(404).type('text').send('404 page not found');
  }
}

/** The body of an answer without its request id. */
export interface EnvelopeContent {
  readonly code: number;
  readonly message: string;
  readonly data: object;
}

/** Sends an answer in the platform's envelope. */
export function sendEnvelope(res: Response, now: number, content: EnvelopeContent, status = 200): void {
  const { code, message, data } = content;
  const requestId = newRequestId(now);
  res.status(status).set('X-TT-LOGID', requestId).json({ code, message, request_id: requestId, data });
}

/** Sends a refusal. */
export function sendError(res: Response, now: number, { code, message, status }: TikTokError): void {
  sendEnvelope(res, now, { code, message, data: {} }, status);
}

/** The time and some random digits, as in `20261121203000A1B2...`. */
export function newRequestId(now: number): string {
  const time = new Date(now).toISOString().replace(/\D/g, '').slice(0, 14);
  return time + randomBytes(9).toString('hex').toUpperCase();
}

function fieldsOf(req: Request, route: TikTokRoute): Fields {
  if (req.method === 'GET') return new Fields(req.query, 'query');
  const type = route.form === true ? 'multipart/form-data' : 'application/json';
  if (!req.is(type)) throw invalidParameter(`The Content-Type must be ${type}.`);
  const body: unknown = req.body;
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    throw invalidParameter('The request body must be a JSON object.');
  }
  return new Fields(body as Record<string, unknown>, 'body');
}

/** A part named `file` counts only when it was sent as a file. */
function filePart(req: Request): UploadedFile | undefined {
  const parts = Array.isArray(req.files) ? req.files : [];
  const part = parts.find(({ fieldname }) => fieldname === 'file');
  return part === undefined ? undefined : { name: part.originalname, bytes: part.buffer };
}
