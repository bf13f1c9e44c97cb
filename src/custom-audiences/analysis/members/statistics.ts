/** The figures of a list of amounts. */
export interface Summary {
  readonly count: number;
  readonly sum: number;
  readonly mean: number;
  readonly median: number;
  readonly p90: number;
}

/** Amounts from `from` up to but without `to`; null: without a bound. */
export interface Bin {
  readonly from: number | null;
  readonly to: number | null;
  readonly count: number;
}

const BINS = 10;
/** Steps that numbers of this size could not tell apart make no bins. */
const SMALLEST = 1e-9;
const STEPS = [1, 2, 2.5, 5, 10];

/** Pure: nothing of an empty list. @param sorted ascending */
export function summaryOf(sorted: ArrayLike<number>): Summary | undefined {
  const count = sorted.length;
  if (count === 0) return undefined;
  let sum = 0;
  for (let index = 0; index < count; index += 1) sum += sorted[index]!;
  return { count, sum, mean: sum / count, median: quantile(sorted, 0.5), p90: quantile(sorted, 0.9) };
}

/** Pure: between two amounts in proportion, as `percentile_cont` does. @param sorted ascending, not empty */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
  return below + (above - below) * (place - Math.floor(place));
}

/**
 * Pure: about ten bins of one round width for the middle 98 %. The few amounts beyond would make all others one bin: they are
 * counted in a first and a last bin without bounds.
 *
 * @param sorted ascending
 */
export function histogram(sorted: ArrayLike<number>): Bin[] {
  if (sorted.length === 0) return [];
  const [low, high] = [quantile(sorted, 0.01), quantile(sorted, 0.99)];
  const step = roundStep(high - low, Math.abs(high));
  const first = Math.floor(low / step);
  const last = Math.floor(high / step);
  const counts = new Int32Array(last - first + 3);
  for (let index = 0; index < sorted.length; index += 1) {
    const bin = Math.min(last + 1, Math.max(first - 1, Math.floor(sorted[index]! / step)));
    counts[bin - first + 1]! += 1;
  }
  const bins: Bin[] = [];
  for (let bin = first - 1; bin <= last + 1; bin += 1) {
    const count = counts[bin - first + 1]!;
    const [isBelow, isAbove] = [bin < first, bin > last];
    if ((isBelow || isAbove) && count === 0) continue;
    bins.push({ from: isBelow ? null : edge(bin, step), to: isAbove ? null : edge(bin + 1, step), count });
  }
  return bins;
}

/** The smallest round step that makes no more than ten bins of the span; of amounts that are all alike, one around them. */
function roundStep(span: number, size: number): number {
  const raw = Math.max(span > 0 ? span / BINS : Math.max(size, 1) / BINS, size * SMALLEST, SMALLEST);
  const magnitude = 10 ** Math.floor(Math.log10(raw));
  return magnitude * (STEPS.find((step) => step * magnitude >= raw * (1 - 1e-9)) ?? 10);
}

/** Without the tail of binary fractions: 0.3, not 0.30000000000000004. */
function edge(bin: number, step: number): number {
  return Number((bin * step).toPrecision(12));
}
