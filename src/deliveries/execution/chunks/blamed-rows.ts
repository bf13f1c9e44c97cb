import type { PreparedRow, Receipt } from '../../../providers/contract/audience-provider.js';
import type { RowsAtFault } from '../../../providers/contract/provider-errors.js';

/** Pure: the chunk without the rows that are to blame. */
export function withoutRows<Row>(chunk: readonly PreparedRow<Row>[], named: RowsAtFault): readonly PreparedRow<Row>[] {
  const gone = new Set(named.map(({ row }) => row));
  return chunk.filter((_, index) => !gone.has(index));
}

/** Pure: the answer to {@link withoutRows} as an answer to the whole chunk of `length` rows. */
export function withRefused(receipt: Receipt, length: number, named: RowsAtFault): Receipt {
  const gone = new Set(named.map(({ row }) => row));
  const sent = Array.from({ length }, (_, row) => row).filter((row) => !gone.has(row));
  const refused = receipt.refused.map(({ row, reason }) => ({ row: sent[row]!, reason }));
  const first = [...new Map(named.map((one) => [one.row, one])).values()];
  return { ...receipt, refused: [...first, ...refused].sort((one, other) => one.row - other.row) };
}

/** As long as nothing was taken, so many rows refused alone show that the request is wrong, and not its rows. */
const UNPROVEN_REFUSALS = 3;
/** Nor does a platform that has taken rows before refuse so many in a row for their own sake. */
const REFUSALS_IN_A_ROW = 50;

type Chunk = readonly PreparedRow<unknown>[];

/** Rows refused alone. They are only believed to be at fault where other rows of the delivery were taken. */
export class BlamedRows {
  private waiting: Chunk[] = [];
  private inARow = 0;
  /** The first refusal since rows were taken: what the platform said of the request as it was meant. */
  private refusal: unknown;

  /** @param isProven whether rows of the delivery were taken before: then a refusal is about rows */
  constructor(public isProven: boolean) {}

  /** A chunk was refused, for whatever rows. */
  refused(error: unknown): void {
    this.refusal ??= error;
  }

  /** Returns the rows that may be recorded now; throws when the rows are not what is wrong. */
  blame(chunk: Chunk, error: unknown): readonly Chunk[] {
    this.inARow += 1;
    this.refused(error);
    this.waiting.push(chunk);
    if (this.inARow >= (this.isProven ? REFUSALS_IN_A_ROW : UNPROVEN_REFUSALS)) throw this.refusal;
    return this.isProven ? this.taken() : [];
  }

  /** Rows were taken: those that wait are at fault indeed. */
  proven(): readonly Chunk[] {
    this.isProven = true;
    this.inARow = 0;
    this.refusal = undefined;
    return this.taken();
  }

  /** Nothing is left to send. Where nothing was ever taken, the platform's reason stands for the delivery. */
  end(): void {
    if (this.waiting.length > 0) throw this.refusal;
  }

  private taken(): readonly Chunk[] {
    const rows = this.waiting;
    this.waiting = [];
    return rows;
  }
}
