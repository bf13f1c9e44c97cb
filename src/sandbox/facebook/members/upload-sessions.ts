import { integerValue, type Parameters } from '../graph-call.js';
import { invalidParameter } from '../graph-error.js';

/** A session closes 90 minutes after its first batch, last flag or not. */
export const SESSION_LIFETIME_MS = 90 * 60 * 1000;

/** The `session` parameter. Order of batches is not enforced on `/users`, and `batch_seq` may be missing there. */
export interface SessionRequest {
  readonly id: string;
  readonly batch?: number;
  readonly last: boolean;
}

/** One upload in several calls. */
export interface UploadSession {
  readonly id: string;
  readonly audienceId: string;
  readonly kind: 'users' | 'replace';
  readonly startedAt: number;
  endedAt?: number;
  received: number;
  invalid: number;
}

/**
 * Reads `session`; undefined when there is none.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export function readSession(parameters: Parameters): SessionRequest | undefined {
  const session = parameters.object('session');
  if (session === undefined) return undefined;
  const id = session['session_id'];
  if (!isSessionId(id)) throw invalidParameter('session[session_id] must be a positive integer');
  const batch = session['batch_seq'] === undefined ? undefined : integerValue(session['batch_seq'], 'batch_seq');
  if (batch !== undefined && batch < 1) throw invalidParameter('session[batch_seq] must be a positive integer');
  const total = session['estimated_num_total'];
  if (total !== undefined) integerValue(total, 'estimated_num_total');
  const last = session['last_batch_flag'];
  if (last !== undefined && ![true, false, 'true', 'false'].includes(last as never)) {
    throw invalidParameter('session[last_batch_flag] must be a boolean');
  }
  return { id: String(id), ...(batch === undefined ? {} : { batch }), last: last === true || last === 'true' };
}

/** True when later batches of the session are not taken any more. */
export function isClosed(session: UploadSession, now: number): boolean {
  return session.endedAt !== undefined || now - session.startedAt > SESSION_LIFETIME_MS;
}

/** A number that JSON cannot carry exactly must come as text, or the id would silently be another one. */
function isSessionId(value: unknown): value is string | number {
  if (typeof value === 'number') return Number.isSafeInteger(value) && value > 0;
  return typeof value === 'string' && /^[1-9]\d{0,18}$/.test(value) && BigInt(value) <= 0x7fff_ffff_ffff_ffffn;
}

/** The sessions of all ad accounts. An id belongs to one audience: it must be unique in its account. */
export class SessionBook {
  private readonly sessions = new Map<string, UploadSession>();
  private generated = 0;

  reset(): void {
    this.sessions.clear();
  }

  find(account: string, id: string): UploadSession | undefined {
    return this.sessions.get(`${account}/${id}`);
  }

  /** Opens a session; without an id the platform makes one up. */
  open(
    account: string,
    audienceId: string,
    kind: UploadSession['kind'],
    now: number,
    id = this.generateId(),
  ): UploadSession {
    const session: UploadSession = { id, audienceId, kind, startedAt: now, received: 0, invalid: 0 };
    this.sessions.set(`${account}/${id}`, session);
    return session;
  }

  ofAudience(audienceId: string): UploadSession[] {
    return [...this.sessions.values()].filter((session) => session.audienceId === audienceId);
  }

  private generateId(): string {
    this.generated += 1;
    return String(7_100_000_000_000_000_000n + BigInt(this.generated));
  }
}

/** A session as `GET /{id}/sessions` shows it: all values are texts, and matches stay unknown. */
export function sessionView(session: UploadSession, now: number): Record<string, string> {
  return {
    session_id: session.id,
    start_time: String(Math.floor(session.startedAt / 1000)),
    end_time: session.endedAt === undefined ? '0' : String(Math.floor(session.endedAt / 1000)),
    num_received: String(session.received),
    num_matched: '-1',
    num_invalid_entries: String(session.invalid),
    progress: isClosed(session, now) ? '100' : '0',
    stage: 'uploading',
  };
}
