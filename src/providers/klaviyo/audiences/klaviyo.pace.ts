import { setTimeout as sleep } from 'node:timers/promises';
import type { ManagementContext } from '../../contract/audience-manager.js';
import { PlatformUnavailableError, RateLimitedError } from '../../contract/provider-errors.js';
import { isDayLimit } from '../klaviyo.errors.js';

const A_SECOND = 1_000;

/** Waits; not to its end when the caller has gone, whose next call then tells so. */
export async function pause(ms: number, ctx: ManagementContext): Promise<void> {
  await sleep(ms, undefined, { signal: ctx.signal }).catch(() => undefined);
}

/**
 * Makes a call of those that Klaviyo takes once a second, such as reading a number of members: one that came within the second
 * of another is made again after it. All longer waits are the engine's.
 */
export async function onceASecond<T>(call: () => Promise<T>, ctx: ManagementContext): Promise<T> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof RateLimitedError) || (error.retryAfterMs ?? Infinity) > A_SECOND) throw error;
    await pause(A_SECOND, ctx);
    return call();
  }
}

/** A day's cap, such as 150 new lists: it is this call that waits, while the tag goes on with what it has. */
export function heldAlone(error: unknown): unknown {
  if (!isDayLimit(error)) return error;
  const { message, platformCode, retryAfterMs } = error;
  return new PlatformUnavailableError(message, { platformCode, retryAfterMs });
}
