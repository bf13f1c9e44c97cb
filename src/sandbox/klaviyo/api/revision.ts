import { type IncomingHttpHeaders } from 'node:http';
import { invalidParameter, refusal } from './api-error.js';

const SERVED_YEARS = 2;

/**
 * Checks the `revision` header. A revision is served for two years; afterwards the platform falls forward to one that is, unless
 * the caller opts out. https://developers.klaviyo.com/en/docs/api_versioning_and_deprecation_policy
 */
export function checkRevision(headers: IncomingHttpHeaders, now: number, fallsForward: boolean): void {
  const revision = headers['revision'];
  if (typeof revision !== 'string' || revision === '') {
    throw invalidParameter('A revision header is required.', 'revision');
  }
  const date = /^(\d{4}-\d{2}-\d{2})(?:\.pre)?$/.exec(revision)?.[1];
  const released = new Date(`${date ?? ''}T00:00:00Z`);
  if (Number.isNaN(released.getTime()) || released.toISOString().slice(0, 10) !== date) {
    throw invalidParameter('The revision header must be a date in the form YYYY-MM-DD.', 'revision');
  }
  released.setUTCFullYear(released.getUTCFullYear() + SERVED_YEARS);
  if (released.getTime() > now) return;
  if (fallsForward && headers['x-klaviyo-revision-fall-forward-opt-out'] !== '1') return;
  throw refusal(410, 'gone', 'Gone.', `The revision ${revision} has been retired.`);
}
