import { ProblemException } from '../common/problem.exception.js';
import type { BatchOutcome } from '../deliveries/deliveries.service.js';
import type { DeliveryRow } from '../deliveries/deliveries.repository.js';
import type { DeliveryErrorDto, DeliveryResultDto } from './dto/upload-answer.dto.js';

/**
 * Pure: what `sync=true` answers.
 *
 * @returns one result per tag when all succeeded
 * @throws ProblemException 502 when some failed or must wait too long, 504 when the time was over first
 */
export function syncResults({ deliveries, decided }: BatchOutcome, location: string): DeliveryResultDto[] {
  const results = deliveries.map(toResult);
  const headers = { Location: location };
  if (!decided) {
    const detail = 'Not all tags were delivered in time; the work goes on, see Location';
    throw new ProblemException(504, 'sync-timeout', detail, { results, headers });
  }
  const errors = deliveries.filter(({ state }) => state !== 'succeeded').map(toError);
  if (errors.length === 0) return results;
  const detail = `${errors.length} of ${deliveries.length} tags were not delivered`;
  throw new ProblemException(502, 'delivery-failed', detail, { errors, results, headers });
}

function toResult({
  provider,
  tag,
  audienceId,
  received,
  accepted,
  skipped,
  rejected,
}: DeliveryRow): DeliveryResultDto {
  return { provider, tag, audienceId, received, accepted, skipped, rejected };
}

function toError({ provider, tag, state, errorCode, errorMessage, retryable }: DeliveryRow): DeliveryErrorDto {
  if (state === 'cancelled') {
    return { provider, tag, code: 'cancelled', message: 'The delivery was cancelled', retryable: false };
  }
  const message = errorMessage ?? 'The delivery did not succeed';
  return { provider, tag, code: errorCode ?? 'unknown', message, retryable: state === 'waiting' || retryable === true };
}
