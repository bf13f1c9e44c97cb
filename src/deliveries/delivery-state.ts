import { DELIVERY_STATES, type DeliveryState } from '../storage/schema.js';

export { DELIVERY_STATES, type DeliveryState };

/**
 * queued -> running -> succeeded | failed | waiting | processing; waiting, processing -> running; failed -> queued (retried by
 * hand); all but succeeded -> cancelled. `processing`: all was handed over, and the platform has not decided yet. A `running`
 * delivery may be claimed again: its worker died.
 */
const FOLLOWERS: Readonly<Record<DeliveryState, readonly DeliveryState[]>> = {
  queued: ['running', 'cancelled'],
  running: ['running', 'waiting', 'processing', 'succeeded', 'failed', 'cancelled'],
  waiting: ['running', 'cancelled'],
  processing: ['running', 'cancelled'],
  succeeded: [],
  failed: ['queued', 'cancelled'],
  cancelled: [],
};

/** Whether a delivery may go from one state to another. */
export function mayFollow(from: DeliveryState, to: DeliveryState): boolean {
  return FOLLOWERS[from].includes(to);
}

/** The states from which `to` may be reached, for the guard of an update. */
export function predecessors(to: DeliveryState): readonly DeliveryState[] {
  return DELIVERY_STATES.filter((state) => mayFollow(state, to));
}

/** Nothing more happens to a settled delivery by itself. */
export function isSettled(state: DeliveryState): boolean {
  return state === 'succeeded' || state === 'failed' || state === 'cancelled';
}

/** The states in which a delivery has still to be carried out, or decided. */
export const OPEN_STATES = DELIVERY_STATES.filter((state) => !isSettled(state));
