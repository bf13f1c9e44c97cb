import type { RejectionDto } from '../dto/rejection.dto.js';

const COLUMNS = ['sequence', 'user', 'edgeTagId', 'provider', 'tag', 'field', 'reason', 'count'] as const;

/** What a spreadsheet would take for the beginning of a formula. */
const FORMULA = /^[=+\-@\t\r]/;
const NEEDS_QUOTES = /[",\r\n]/;

/** The names of the columns, as the first line. */
export function csvHeader(): string {
  return lineOf(COLUMNS);
}

/** One rejection as a line (RFC 4180). */
export function csvLine(rejection: RejectionDto): string {
  return lineOf(COLUMNS.map((column) => cell(rejection[column])));
}

/**
 * All but `edgeTagId` are numbers and words of ours. That one is the caller's text: what begins like a formula gets an
 * apostrophe in front, so that opening the file runs nothing.
 */
function cell(value: string | number | null): string {
  if (typeof value !== 'string') return value === null ? '' : String(value);
  const harmless = FORMULA.test(value) ? `'${value}` : value;
  return NEEDS_QUOTES.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

function lineOf(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}
