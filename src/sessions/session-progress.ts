import { isSettled, type DeliveryState } from '../deliveries/delivery-state.js';

export type SessionState = 'receiving' | 'delivering' | 'completed' | 'completed-with-errors';

/** What is counted of a session. */
export interface SessionCounts {
  readonly totalBatches: number;
  readonly totalUsers: number;
  readonly batchesReceived: number;
  readonly usersReceived: number;
  /** Deliveries of the session in each state that occurs. */
  readonly deliveries: Readonly<Partial<Record<DeliveryState, number>>>;
}

/** Pure: where a session stands. Computed on each read, so it can never disagree with its deliveries. */
export function sessionState({ totalBatches, batchesReceived, deliveries }: SessionCounts): SessionState {
  if (batchesReceived < totalBatches) return 'receiving';
  const states = Object.keys(deliveries) as DeliveryState[];
  if (states.some((state) => !isSettled(state))) return 'delivering';
  return states.every((state) => state === 'succeeded') ? 'completed' : 'completed-with-errors';
}

/** Pure: what is odd about a session without being an error. */
export function sessionWarnings(counts: SessionCounts): string[] {
  if (counts.batchesReceived < counts.totalBatches || counts.usersReceived === counts.totalUsers) return [];
  return [
    `totalUsers said ${counts.totalUsers}, but ${counts.usersReceived} users came in ${counts.totalBatches} batches`,
  ];
}
