import { setTimeout as sleep } from 'node:timers/promises';
import type { CallContext, Receipt, RejectionReason } from '../../contract/audience-provider.js';
import { RequestRejectedError } from '../../contract/provider-errors.js';
import type { KlaviyoApi } from '../klaviyo.api.js';
import { notUnderstood, rowOfPointer } from '../klaviyo.errors.js';
import { readJobTicket, refusalReason, type StartedJob } from './klaviyo.import.js';

const ERRORS_PER_PAGE = 100;
/** Ten calls a second are the limit. Only a job that failed as a whole has so many pages that it is met. */
const PAGE_PAUSE_MS = 110;

const UNDER_WAY: readonly unknown[] = ['queued', 'processing'];
const STOPPED: readonly unknown[] = ['cancelled', 'failed'];

interface JobCounts {
  readonly total: number;
  readonly completed: number;
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
  const counts = countsOf(attributes);
  if (STOPPED.includes(status)) throw stopped(counts);
  if (status !== 'complete') throw notUnderstood('no known state of the import job');
  const failures = counts.failed === 0 ? [] : await readFailures(job.jobId, api, ctx);
  return receiptOf(job, counts, failures);
}

/** Profiles that were not imported, by their number in the job; an error that names none has no number. */
interface Failure {
  readonly profile?: number;
  readonly reason: RejectionReason;
}

async function readFailures(jobId: string, api: KlaviyoApi, ctx: CallContext): Promise<Failure[]> {
  const failures: Failure[] = [];
  const seen = new Set<string | undefined>();
  let cursor: string | undefined;
  do {
    if (seen.size > 0) await sleep(PAGE_PAUSE_MS, undefined, { signal: ctx.signal }).catch(() => undefined);
    seen.add(cursor);
    const page = await api.page(
      {
        method: 'GET',
        path: `/api/profile-bulk-import-jobs/${encodeURIComponent(jobId)}/import-errors`,
        pathTemplate: '/api/profile-bulk-import-jobs/{job}/import-errors',
        target: 'job',
        // Not `original_payload`, the profile itself: what is not asked for cannot leak.
        query: { 'fields[import-error]': 'code,source', 'page[size]': ERRORS_PER_PAGE, 'page[cursor]': cursor },
      },
      ctx,
    );
    failures.push(...page.resources.map(({ attributes }) => failureOf(attributes)));
    cursor = page.next;
  } while (cursor !== undefined && !seen.has(cursor));
  return failures;
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

function countsOf(attributes: Readonly<Record<string, unknown>>): JobCounts {
  const [total, completed, failed] = ['total_count', 'completed_count', 'failed_count'].map((name) => {
    const count = attributes[name] ?? 0;
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) throw notUnderstood(`no ${name}`);
    return count;
  });
  return { total: total!, completed: completed!, failed: failed! };
}

/** Asking again would give the same answer for ever. What was imported stays, and sending it again is harmless. */
function stopped({ total, completed }: JobCounts): RequestRejectedError {
  return new RequestRejectedError(
    `Klaviyo: the import job was stopped in Klaviyo after ${completed} of ${total} profiles`,
  );
}
