import type { RowsAtFault } from '../../contract/provider-errors.js';
import { isRecord } from '../../kit/answer-values.js';
import { usersPerOperation } from './twitter.users-body.js';

/**
 * The rows that `operation_errors` of a refused upload speaks of. It is a list parallel to the operations, empty where nothing is
 * wrong. None is named where operations hold several users, and where all are refused: then what they have in common is to blame.
 */
export function rowsAtFault(operationErrors: readonly unknown[], rows: number): RowsAtFault {
  const operations = Math.ceil(rows / usersPerOperation(rows));
  if (operations !== rows || operationErrors.length !== operations) {
    return [];
  }
  const refused = operationErrors.flatMap((entry, row) => (isRefusal(entry) ? [row] : []));
  if (refused.length === rows && rows > 1) {
    return [];
  }
  return refused.map((row) => ({ row, reason: 'refused-by-platform' as const }));
}

/** The form of an entry is not documented: an error, or a list of errors. */
function isRefusal(entry: unknown): boolean {
  return Array.isArray(entry) ? entry.some(isRefusal) : isRecord(entry) && Object.keys(entry).length > 0;
}
