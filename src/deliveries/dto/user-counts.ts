/** What became of the users of a delivery, or of several. */
export interface UserCounts {
  readonly received: number;
  readonly accepted: number;
  readonly skipped: number;
  readonly rejected: number;
}

/**
 * Pure: users that nothing is decided about. `received = accepted + skipped + rejected + pending` at every moment; it is 0 once
 * a delivery has succeeded, and of a failed or cancelled one it is what was left unsent.
 */
export function pendingOf({ received, accepted, skipped, rejected }: UserCounts): number {
  return Math.max(0, received - accepted - skipped - rejected);
}
