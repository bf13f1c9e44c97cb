import { cpus } from 'node:os';
import type { Row } from './figures.js';

const WIDTHS = { id: 13, what: 86, figure: 46, ratio: 24 };

/** The machine, as figures need to name it. */
export function machine(): string {
  return `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
}

/** One line of the table. */
export function lineOf({ id, what, figure, ratio, goal, isMet }: Row): string {
  const said = isMet === undefined ? '' : isMet ? 'met' : 'MISSED';
  const cells = [
    id.padEnd(WIDTHS.id),
    what.padEnd(WIDTHS.what),
    figure.padEnd(WIDTHS.figure),
    ratio.padEnd(WIDTHS.ratio),
  ];
  return [...cells, goal, said].join(' ').trimEnd();
}

/** Rows whose ratio is beyond what the goal and the slack allow together. */
export function regressions(rows: readonly Row[], slack: number): Row[] {
  return rows.filter(({ guarded }) => guarded && guarded.ratio > guarded.most * (1 + slack));
}
