import { ProviderError } from '../../../providers/contract/provider-errors.js';
import { PayloadError } from '../../../storage/payload-cipher.js';
import { TagBusyError } from '../../tags/rate-limiter.js';
import { TagStoppedError } from '../../tags/tag-gate.js';
import type { DeliveryFailure } from '../../settlement/delivery-settlement.repository.js';
import { StillProcessingError } from '../remote-jobs.service.js';

/** Whether the error is a failure of the service itself, whose place in the code belongs into the log. */
export function isOurs(error: unknown): boolean {
  const told = [PayloadError, ProviderError, TagBusyError, TagStoppedError, StillProcessingError];
  return !told.some((kind) => error instanceof kind);
}

/** What is stored and shown of an error. Anything but our own may hold values: only its kind is told. */
export function describeFailure(error: unknown, retryable: boolean): DeliveryFailure {
  if (error instanceof ProviderError) {
    return { code: error.code, message: error.message, platformCode: error.platformCode, retryable };
  }
  if (error instanceof TagStoppedError) return { code: error.code, message: error.message, retryable };
  if (error instanceof PayloadError) return { code: 'payload-unreadable', message: error.message, retryable };
  if (error instanceof TagBusyError) {
    return { code: 'rate-limited', message: 'Waiting for the budget of calls of this tag', retryable };
  }
  if (error instanceof StillProcessingError) {
    return { code: 'platform-unavailable', message: 'The platform did not finish processing in time', retryable };
  }
  const kind = error instanceof Error ? error.name : 'unknown';
  return { code: 'internal-error', message: `The service itself failed (${kind}); its log has more`, retryable };
}
