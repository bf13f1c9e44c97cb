import type { CallContext, Receipt, RejectionReason } from '../../contract/audience-provider.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import type { KlaviyoApi, KlaviyoResource } from '../klaviyo.api.js';
import { notUnderstood, rowOfPointer } from '../klaviyo.errors.js';
import { readJobTicket, refusalReason, type StartedJob } from './klaviyo.import.js';

const ERRORS_PER_PAGE = 100;

const UNDER_WAY: readonly unknown[] = ['queued', 'processing'];
const STOPPED: readonly unknown[] = ['cancelled', 'failed'];

interface JobCounts {
  readonly total: number;
  readonly failed: number;
}

/**
 * What has become of an import job, asked once.
 * https://developers.klaviyo.com/en/reference/get_bulk_import_profiles_job
 */
export async function importOutcome(ticket: string, api: KlaviyoApi, ctx: CallContext): Promise<Receipt | 'pending'> {
  const job = readJobTicket(ticket);
  const { attributes } = await api.one(
    {
      method: 'GET',
      path: `/api/profile-bulk-import-jobs/${encodeURIComponent(job.jobId)}`,
      pathTemplate: '/api/profile-bulk-import-jobs/{job}',
      target: 'job',
    },
    ctx,
  );
  const { status } = attributes;
  if (UNDER_WAY.includes(status)) return 'pending';
  if (STOPPED.includes(status)) throw stopped(attributes);
  if (status !== 'complete') throw notUnderstood('no known state of the import job');
  const counts = countsOf(attributes);
  const failures = counts.failed === 0 ? [] : await readFailures(job.jobId, api, ctx);
  return receiptOf(job, counts, failures);
}

/** Profiles that were not imported, by their number in the job; an error that names none has no number. */
interface Failure {
  readonly profile?: number;
  readonly reason: RejectionReason;
}

async function readFailures(jobId: string, api: KlaviyoApi, ctx: CallContext): Promise<Failure[]> {
  const errors = await api.all(
    {
      method: 'GET',
      path: `/api/profile-bulk-import-jobs/${encodeURIComponent(jobId)}/import-errors`,
      pathTemplate: '/api/profile-bulk-import-jobs/{job}/import-errors',
      target: 'job',
      // Not `original_payload`, the profile itself: what is not asked for cannot leak.
      query: { 'fields[import-error]': 'code,source', 'page[size]': ERRORS_PER_PAGE },
    },
    ctx,
  );
  return errors.map(({ attributes }) => failureOf(attributes));
}

function failureOf({ code, source }: Readonly<Record<string, unknown>>): Failure {
  const { pointer } = (source ?? {}) as { pointer?: unknown };
  if (typeof pointer !== 'string') return { reason: 'refused-by-platform' };
  return { profile: rowOfPointer(pointer), reason: refusalReason(String(code), pointer) };
}

/** Counts rows, of which several may have gone into one profile. */
function receiptOf({ joined }: StartedJob, { total, failed }: JobCounts, failures: readonly Failure[]): Receipt {
  const reasons = new Map<number, RejectionReason>();
  for (const { profile, reason } of failures)
    if (profile !== undefined && profile < total) reasons.set(profile, reason);
  const rows = total + joined.size;
  const refused: Receipt['refused'][number][] = [];
  for (let row = 0, next = 0; row < rows; row += 1) {
    const reason = reasons.get(joined.get(row) ?? next++);
    if (reason !== undefined) refused.push({ row, reason });
  }
  const refusedUnnamed = Math.max(0, failed - reasons.size);
  return { accepted: Math.max(0, rows - refused.length - refusedUnnamed), refused, refusedUnnamed };
}

/** Failures may be left out where there are none; without the total nothing can be told of the rest. */
function countsOf(attributes: KlaviyoResource['attributes']): JobCounts {
  const total = countIn(attributes, 'total_count');
  if (total === undefined) throw notUnderstood('no total_count');
  return { total, failed: countIn(attributes, 'failed_count') ?? 0 };
}

function countIn(attributes: KlaviyoResource['attributes'], name: string): number | undefined {
  const count = attributes[name] ?? undefined;
  if (count === undefined) return undefined;
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) throw notUnderstood(`no ${name}`);
  return count;
}

/** Asking again would give the same answer for ever. What was imported stays, and sending it again is harmless. */
function stopped(attributes: KlaviyoResource['attributes']): RequestRejectedError {
  const completed = countIn(attributes, 'completed_count') ?? 0;
  const total = countIn(attributes, 'total_count') ?? 'an unknown number of';
  return new RequestRejectedError(
    `Klaviyo: the import job was stopped in Klaviyo after ${completed} of ${total} profiles`,
  );
}
