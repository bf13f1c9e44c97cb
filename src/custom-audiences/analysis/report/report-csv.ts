import { csvLine } from '../../../common/csv/csv-line.js';
import type { ReportDto } from '../dto/report.dto.js';
import { reportRows } from './report-rows.js';

const COLUMNS = ['section', 'name', 'date', 'value', 'unit', 'estimate'] as const;

/** Pure: a report as CSV, one figure a line. */
export function reportCsv(report: ReportDto): string {
  const lines = reportRows(report).map((row) => csvLine(COLUMNS.map((column) => row[column])));
  return csvLine(COLUMNS) + lines.join('');
}
