/** What one row of the table says: a figure, the floor it stands beside, and what it should be. */
export interface Row {
  /** `P1`; rows that go into more detail have a letter or a name behind it. */
  readonly id: string;
  readonly what: string;
  /** `<= 3.5 x F6`; empty where the row is context. */
  readonly goal: string;
  readonly isMet?: boolean;
  /** As it is printed: `61.2 ms (57.0 - 70.3)`. */
  readonly figure: string;
  /** As it is printed: `2.41 x F6`. */
  readonly ratio: string;
  /** For machines: medians, spread and everything that the figure is made of. */
  readonly numbers: Readonly<Record<string, number>>;
  /** What the regression guard compares: a ratio and the most it may be. */
  readonly guarded?: { readonly ratio: number; readonly most: number };
}

/** How long and how often things are measured. */
export interface BenchSize {
  readonly turns: number;
  /** Users of the long rows. */
  readonly manyUsers: number;
}

/** Of sorted figures the one at this share: 0.5 is the median. */
export function quantile(figures: readonly number[], share: number): number {
  const sorted = [...figures].sort((one, other) => one - other);
  const found = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
  if (found === undefined) throw new Error('There are no figures');
  return found;
}

export function median(figures: readonly number[]): number {
  return quantile(figures, 0.5);
}

/** What a row is called, and what it is held to. */
export interface RowWords {
  readonly id: string;
  readonly what: string;
  readonly floor?: string;
  /** The goal. */
  readonly most?: number;
  /** What was reached where the goal was not: the regression guard holds the row to that. */
  readonly reached?: number;
}

/** Times in ms with their median and spread, beside a floor: the usual row. */
export function timeRow(
  { id, what, floor = 'F6', most, reached = most }: RowWords,
  figures: readonly number[],
  floors: readonly number[],
): Row {
  const [middle, floorMs] = [median(figures), median(floors)];
  // Turn by turn, where there is a floor for each: what slows the machine down for a moment slows both down.
  const isPaired = figures.length === floors.length;
  const ratio = isPaired ? median(figures.map((ms, turn) => ms / floors[turn]!)) : middle / floorMs;
  return {
    id,
    what,
    goal: most === undefined ? '' : `<= ${most} x ${floor}`,
    isMet: most === undefined ? undefined : ratio <= most,
    figure: msWithSpread(figures),
    ratio: `${ratio.toFixed(2)} x ${floor}`,
    numbers: { median: middle, min: Math.min(...figures), max: Math.max(...figures), floor: floorMs, ratio },
    guarded: reached === undefined ? undefined : { ratio, most: reached },
  };
}

export function msWithSpread(figures: readonly number[]): string {
  const [least, most] = [Math.min(...figures), Math.max(...figures)];
  return `${median(figures).toFixed(1)} ms (${least.toFixed(1)} - ${most.toFixed(1)})`;
}

export function megabytes(bytes: number): string {
  return `${(bytes / 1024 ** 2).toFixed(0)} MB`;
}

export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now();
  await work();
  return performance.now() - startedAt;
}
