import { csvLine } from '../../common/csv/csv-line.js';
import type { RejectionDto } from '../dto/rejection.dto.js';

const COLUMNS = ['sequence', 'user', 'edgeTagId', 'provider', 'tag', 'field', 'reason', 'count'] as const;

/** The names of the columns, as the first line. */
export function rejectionHeader(): string {
  return csvLine(COLUMNS);
}

/** One rejection as a line. All but `edgeTagId`, the caller's text, are numbers and words of ours. */
export function rejectionLine(rejection: RejectionDto): string {
  return csvLine(COLUMNS.map((column) => rejection[column]));
}
