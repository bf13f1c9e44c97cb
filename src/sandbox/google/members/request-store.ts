import { randomUUID } from 'node:crypto';
import { type SandboxClock } from '../../sandbox-clock.js';
import { type UserList } from '../lists/user-list.js';
import { type Destination } from './destinations.js';

/** What becomes of a request in one of its lists. */
export interface Outcome {
  readonly destination: Destination;
  /** Records that could not be used, by reason. */
  readonly errors: ReadonlyMap<string, number>;
  readonly status: 'SUCCESS' | 'PARTIAL_SUCCESS' | 'FAILED';
  /** `audienceMembersIngestionStatus` and the like. */
  readonly counts: Readonly<Record<string, unknown>>;
  /** Changes the list, once the time has come. */
  readonly apply: (list: UserList, at: number) => void;
}

interface StoredRequest {
  readonly finalAt: number;
  readonly outcomes: readonly Outcome[];
  applied: boolean;
}

/** Requests that were accepted. What they do to lists, and how they ended, shows only when they are final. */
export class RequestStore {
  private readonly requests = new Map<string, StoredRequest>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly processingMs: number,
  ) {}

  reset(): void {
    this.requests.clear();
  }

  /** Takes a request in; each has an id of its own, however alike they are. */
  accept(outcomes: readonly Outcome[]): string {
    const id = randomUUID();
    this.requests.set(id, { finalAt: this.clock.now() + this.processingMs, outcomes, applied: false });
    return id;
  }

  /** Carries out what has become final, in the order in which it came. */
  catchUp(): void {
    for (const request of this.requests.values()) {
      if (request.applied || request.finalAt > this.clock.now()) continue;
      request.applied = true;
      for (const { destination, apply } of request.outcomes) apply(destination.list, request.finalAt);
    }
  }

  /** How a request stands; undefined for an id that was never given. */
  statusOf(id: string): object | undefined {
    const request = this.requests.get(id);
    if (request === undefined) return undefined;
    return { requestStatusPerDestination: request.outcomes.map((outcome) => statusFields(outcome, request.applied)) };
  }
}

function statusFields({ destination, errors, status, counts }: Outcome, isFinal: boolean): object {
  const { sent } = destination;
  if (!isFinal) return { destination: sent, requestStatus: 'PROCESSING', ...counts };
  const errorCounts = [...errors].map(([reason, count]) => ({ recordCount: String(count), reason }));
  return {
    destination: sent,
    requestStatus: status,
    ...(errorCounts.length === 0 ? {} : { errorInfo: { errorCounts } }),
    ...counts,
  };
}
