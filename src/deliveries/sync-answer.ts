import { ProblemException } from '../common/problem.exception.js';
import type { DeliveryRow } from './deliveries.repository.js';
import type { BatchOutcome } from './deliveries.service.js';
import type { DeliveryState } from './delivery-state.js';
import { pendingOf } from './dto/user-counts.js';
import type { DeliveryErrorDto, DeliveryResultDto } from './dto/upload-answer.dto.js';

/** The platform has all of it: nothing is left to be done by us. */
const HANDED_OVER: readonly DeliveryState[] = ['succeeded', 'processing'];

/**
 * Pure: what `sync=true` answers.
 *
 * @returns one result per tag when all have it
 * @throws ProblemException 502 when some failed or must wait too long, 504 when the time was over first
 */
export function syncResults({ deliveries, decided }: BatchOutcome, location: string): DeliveryResultDto[] {
  const results = deliveries.map(toResult);
  const open = deliveries.filter(({ state }) => !HANDED_OVER.includes(state));
  if (open.length === 0) return results;
  const headers = { Location: location };
  if (!decided) {
    const detail = 'Not all tags were delivered in time; the work goes on, see Location';
    throw new ProblemException(504, 'sync-timeout', detail, { results, headers });
  }
  const detail = `${open.length} of ${deliveries.length} tags were not delivered`;
  throw new ProblemException(502, 'delivery-failed', detail, { errors: open.map(toError), results, headers });
}

function toResult(row: DeliveryRow): DeliveryResultDto {
  const { provider, tag, state, audienceId, received, accepted, skipped, rejected } = row;
  const result = { provider, tag, audienceId, received, accepted, skipped, rejected };
  return state === 'processing' ? { ...result, state, pending: pendingOf(row) } : result;
}

function toError({ provider, tag, state, errorCode, errorMessage, retryable }: DeliveryRow): DeliveryErrorDto {
  if (state === 'cancelled') {
    return { provider, tag, code: 'cancelled', message: 'The delivery was cancelled', retryable: false };
  }
  const message = errorMessage ?? 'The delivery did not succeed';
  return { provider, tag, code: errorCode ?? 'unknown', message, retryable: state === 'waiting' || retryable === true };
}
