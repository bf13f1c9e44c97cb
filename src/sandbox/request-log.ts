import { createHash } from 'node:crypto';
import { type FaultKind } from './fault.js';
import { globPattern } from './sandbox-input.js';

/** One call as the simulator received it. */
export interface LoggedRequest {
  readonly id: number;
  /** When it arrived, ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  /** Secrets are replaced by a short digest, see {@link secretDigest}. */
  readonly headers: Readonly<Record<string, string>>;
  readonly bodyBytes: number;
  /** The parsed body, unless it was left out or dropped to save memory. */
  readonly body?: unknown;
  readonly bodyDropped?: true;
  /** The status that was answered; null while running and when no answer was sent. */
  readonly status: number | null;
  /** With `drop-after`: the status that the caller never saw. */
  readonly appliedStatus?: number;
  readonly fault?: FaultKind;
  readonly durationMs?: number;
}

/** How much is kept. Older bodies are dropped first, then older entries. */
export interface RequestLogLimits {
  readonly maxEntries?: number;
  readonly maxBodyBytes?: number;
}

/** Which calls to show. */
export interface RequestFilter {
  /** `*` stands for any run of characters. */
  readonly path?: string;
  readonly method?: string;
  /** False leaves the bodies out. */
  readonly bodies?: boolean;
}

/** The calls that are kept, oldest first, and how many there were in all since the log was cleared. */
export interface RequestLogView {
  readonly total: number;
  readonly requests: LoggedRequest[];
}

/** An entry while its call runs. */
export type OpenEntry = { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] };

/** How a secret shows in the log: two entries with the same digest carried the same secret. */
export function secretDigest(secret: string): string {
  return `sha256:${createHash('sha256').update(secret).digest('hex').slice(0, 12)}`;
}

/** What was sent to a simulator, so that tests can count it. Bounded, because bodies of 10,000 rows are large. */
export class RequestLog {
  private entries: OpenEntry[] = [];
  private total = 0;
  private bodyBytes = 0;
  private firstWithBody = 0;
  private readonly maxEntries: number;
  private readonly maxBodyBytes: number;

  constructor(limits: RequestLogLimits = {}) {
    this.maxEntries = limits.maxEntries ?? 10_000;
    this.maxBodyBytes = limits.maxBodyBytes ?? 64 * 1024 * 1024;
  }

  open(entry: Pick<LoggedRequest, 'method' | 'path' | 'query' | 'headers'>): OpenEntry {
    this.total += 1;
    const opened: OpenEntry = { id: this.total, at: new Date().toISOString(), ...entry, bodyBytes: 0, status: null };
    this.entries.push(opened);
    if (this.entries.length > this.maxEntries) this.forgetOldest();
    return opened;
  }

  attachBody(entry: OpenEntry, body: unknown, bytes: number): void {
    entry.body = body;
    entry.bodyBytes = bytes;
    this.bodyBytes += bytes;
    while (this.bodyBytes > this.maxBodyBytes && this.firstWithBody < this.entries.length) {
      this.dropBody(this.entries[this.firstWithBody]);
      this.firstWithBody += 1;
    }
  }

  view(filter: RequestFilter = {}): RequestLogView {
    const path = filter.path === undefined ? undefined : globPattern(filter.path);
    const method = filter.method?.toUpperCase();
    const requests = this.entries
      .filter((entry) => (path?.test(entry.path) ?? true) && (method === undefined || entry.method === method))
      .map(({ body, ...entry }) => (filter.bodies === false || body === undefined ? entry : { ...entry, body }));
    return { total: this.total, requests };
  }

  clear(): void {
    this.entries = [];
    this.total = 0;
    this.bodyBytes = 0;
    this.firstWithBody = 0;
  }

  private forgetOldest(): void {
    this.dropBody(this.entries.shift());
    this.firstWithBody = Math.max(0, this.firstWithBody - 1);
  }

  private dropBody(entry: OpenEntry | undefined): void {
    if (entry?.body === undefined) return;
    this.bodyBytes -= entry.bodyBytes;
    delete entry.body;
    entry.bodyDropped = true;
  }
}
