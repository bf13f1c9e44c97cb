import { Logger } from '@nestjs/common';
import type { CallContext, Receipt } from '../contract/audience-provider.js';
import { RequestRejectedError } from '../contract/provider-errors.js';
import { integerOf, isRecord, textOf } from '../kit/answer-values.js';
import type { GoogleApi } from './google.api.js';
import { notUnderstood } from './google.errors.js';

const logger = new Logger('GoogleRequestStatus');

const REASON = /^PROCESSING_(?:ERROR|WARNING)_(?:REASON_)?([A-Z0-9_]{1,80})$/;

/** What is said of single records; everything else went wrong on Google's side, or with the request as a whole. */
const OF_RECORDS: ReadonlySet<string> = new Set(['NO_CONSENT', 'DENIED_CONSENT', 'UNKNOWN_CONSENT', 'INVALID_FORMAT']);

/** Records by Google's reason, without the words that all reasons begin with. */
type ReasonCounts = ReadonlyMap<string, number>;

/** `1200~126365e1-…`: how many rows went with which request. An id holds no `~`. */
export function requestTicket(requestId: unknown, rows: number): string {
  if (typeof requestId !== 'string' || !/^[\w.:-]{1,200}$/.test(requestId)) throw notUnderstood('no request id');
  return `${rows}~${requestId}`;
}

/**
 * What has become of a request, asked once. Google counts what it could not use and names no row.
 * https://developers.google.com/data-manager/api/devguides/diagnostics
 */
export async function requestOutcome(ticket: string, api: GoogleApi, ctx: CallContext): Promise<Receipt | 'pending'> {
  const [rows = '', requestId = ''] = ticket.split('~');
  const path = '/requestStatus:retrieve';
  const body = await api.call({ method: 'GET', path, target: 'status', query: { requestId } }, ctx);
  const statuses = body['requestStatusPerDestination'];
  // A request of ours has one destination.
  const status: unknown = Array.isArray(statuses) ? statuses[0] : undefined;
  if (!isRecord(status)) throw notUnderstood('no status of the request');
  return receiptOf(status, Number(rows), requestId);
}

function receiptOf(status: Readonly<Record<string, unknown>>, rows: number, requestId: string): Receipt | 'pending' {
  const errors = countsIn(status['errorInfo'], 'errorCounts');
  const warnings = countsIn(status['warningInfo'], 'warningCounts');
  switch (status['requestStatus']) {
    case 'PROCESSING':
      return 'pending';
    case 'SUCCESS':
    case 'PARTIAL_SUCCESS':
      break;
    case 'FAILED':
      if (errors.size === 0 || ![...errors.keys()].every((reason) => OF_RECORDS.has(reason))) {
        throw failed(errors, requestId);
      }
      break;
    default:
      throw notUnderstood('no known state of the request');
  }
  tell(requestId, 'did not use', errors);
  tell(requestId, 'warns of', warnings);
  const refusedUnnamed = Math.min(rows, refusedBy(status['requestStatus'], errors, rows));
  return { accepted: rows - refusedUnnamed, refused: [], refusedUnnamed };
}

/** Of a failure all rows are refused; of a success in part at least one is, whatever the counts say. */
function refusedBy(status: string, errors: ReasonCounts, rows: number): number {
  if (status === 'FAILED') return rows;
  const counted = [...errors.values()].reduce((sum, count) => sum + count, 0);
  return status === 'PARTIAL_SUCCESS' ? Math.max(1, counted) : counted;
}

/** Asking again would give the same answer for ever. */
function failed(errors: ReasonCounts, requestId: string): RequestRejectedError {
  const reasons = errors.size === 0 ? 'without a reason' : `with ${wordsOf(errors)}`;
  const [first = 'FAILED'] = errors.keys();
  return new RequestRejectedError(
    `Google: the request failed after it was accepted, ${reasons}; send its users again in a new session (request ${requestId})`,
    { platformCode: first },
  );
}

function tell(requestId: string, what: string, counts: ReasonCounts): void {
  if (counts.size > 0) logger.warn(`Google ${what} records of request ${requestId}: ${wordsOf(counts)}`);
}

function wordsOf(counts: ReasonCounts): string {
  return [...counts].map(([reason, count]) => `${reason} (${count})`).join(', ');
}

function countsIn(info: unknown, field: string): ReasonCounts {
  const entries = isRecord(info) ? (info[field] ?? []) : [];
  if (!Array.isArray(entries)) throw notUnderstood(`no ${field}`);
  const counts = new Map<string, number>();
  for (const entry of entries.filter(isRecord)) {
    // proto3 JSON leaves out what is zero; enums grow, and an unknown word is one more reason.
    const count = integerOf(entry['recordCount'] ?? 0);
    if (count === undefined || count < 0) throw notUnderstood(`no recordCount in ${field}`);
    const reason = REASON.exec(textOf(entry['reason']))?.[1] ?? 'UNKNOWN';
    counts.set(reason, (counts.get(reason) ?? 0) + count);
  }
  return counts;
}
