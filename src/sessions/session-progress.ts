import { isSettled, type DeliveryState } from '../deliveries/delivery-state.js';

/** In the order in which a session goes through them; `expired` goes back to `receiving` with the next batch. */
export const SESSION_STATES = ['receiving', 'expired', 'delivering', 'completed', 'completed-with-errors'] as const;
export type SessionState = (typeof SESSION_STATES)[number];

const HOUR_MS = 3_600_000;

/** What is counted of a session. */
export interface SessionCounts {
  readonly totalBatches: number;
  readonly totalUsers: number;
  readonly batchesReceived: number;
  readonly usersReceived: number;
  /** When the newest batch came. */
  readonly lastBatchAt: Date;
  /** Deliveries of the session in each state that occurs. */
  readonly deliveries: Readonly<Partial<Record<DeliveryState, number>>>;
}

/** The moment of the question, and how long a session may wait for its next batch. */
export interface SessionTime {
  readonly now: Date;
  readonly ttlHours: number;
}

/**
 * Pure: where a session stands. Computed on each read, so it can never disagree with its batches and deliveries.
 *
 * `expired` is said of a session, never done to it: batches are missing, and the newest one is as old as `ttlHours`. Nothing is
 * deleted or stopped by it, what came is delivered all the same, and a late batch is taken like any other: the session is
 * `receiving` again, from then on for `ttlHours` more. `sessionStateSql` says the same to the database.
 */
export function sessionState(counts: SessionCounts, time: SessionTime): SessionState {
  const expiry = expiresAt(counts, time.ttlHours);
  if (expiry) return expiry.getTime() <= time.now.getTime() ? 'expired' : 'receiving';
  const states = Object.keys(counts.deliveries) as DeliveryState[];
  if (states.some((state) => !isSettled(state))) return 'delivering';
  return states.every((state) => state === 'succeeded') ? 'completed' : 'completed-with-errors';
}

/** Pure: when a session expires unless another batch comes; nothing once all are in. */
export function expiresAt({ totalBatches, batchesReceived, lastBatchAt }: SessionCounts, ttlHours: number) {
  return batchesReceived < totalBatches ? new Date(lastBatchAt.getTime() + ttlHours * HOUR_MS) : undefined;
}

/** Batches that came at this moment or before it are too old for a session that waits for more. */
export function expiryCutoff({ now, ttlHours }: SessionTime): Date {
  return new Date(now.getTime() - ttlHours * HOUR_MS);
}

/** Pure: what is odd about a session without being an error. */
export function sessionWarnings(counts: SessionCounts, time: SessionTime): string[] {
  const { totalBatches, batchesReceived, totalUsers, usersReceived } = counts;
  if (batchesReceived < totalBatches) {
    if (sessionState(counts, time) !== 'expired') return [];
    const missing = totalBatches - batchesReceived;
    const what = `${missing} of ${totalBatches} batches ${missing === 1 ? 'is' : 'are'} missing`;
    return [`expired: ${what}, and none came for ${time.ttlHours} hours; a late one is still taken`];
  }
  if (usersReceived === totalUsers) return [];
  return [`totalUsers said ${totalUsers}, but ${usersReceived} users came in ${totalBatches} batches`];
}
