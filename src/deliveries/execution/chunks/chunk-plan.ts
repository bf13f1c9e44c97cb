import type { PreparedRow } from '../../../providers/contract/audience-provider.js';
import { type ChunkBudget, nextChunk } from './chunks.js';

type Chunk<Row> = readonly PreparedRow<Row>[];

/**
 * Pure: what to send next, after what became of the chunk before. Chunks are as large as the platform takes them: halved when it
 * calls one too large, grown again when one passes. A refused chunk holds a row that is to blame, which is looked for by
 * halves: a half that passes leaves the row in the other, so that ten thousand rows take some fourteen requests.
 */
export class ChunkPlan<Row> {
  /** Rows at once, for the moment. */
  private rows: number;
  /** The user after the refused rows that are searched. */
  private searchedTo: number | undefined;
  private isDoubted = false;

  /** @param from the user to begin with */
  constructor(
    private readonly all: Chunk<Row>,
    private from: number,
    private readonly budget: ChunkBudget<Row>,
  ) {
    this.rows = budget.rows;
  }

  /** Empty when all is done. */
  next(): Chunk<Row> {
    const chunk = nextChunk(this.all, this.from, { ...this.budget, rows: this.rows });
    if (this.searchedTo === undefined) return chunk;
    const searched = chunk.filter(({ user }) => user < this.searchedTo!);
    return searched.slice(0, Math.ceil(searched.length / 2));
  }

  /** The chunk was taken. */
  taken(chunk: Chunk<Row>): void {
    this.from = endOf(chunk);
    this.rows = this.isDoubted ? this.budget.rows : Math.min(this.budget.rows, this.rows * 2);
    this.isDoubted = false;
    if (this.from >= (this.searchedTo ?? Infinity)) this.searchedTo = undefined;
  }

  /** The single row of the chunk is left out. Where that may not be its own fault, the next row goes alone, too. */
  leftOut(chunk: Chunk<Row>, isProven: boolean): void {
    this.from = endOf(chunk);
    this.isDoubted = !isProven;
    if (this.isDoubted) this.rows = 1;
    this.searchedTo = undefined;
  }

  /** The chunk, of two rows at least, was too large. */
  tooLarge(chunk: Chunk<Row>): void {
    this.rows = Math.ceil(chunk.length / 2);
  }

  /** The chunk, of two rows at least, was refused. */
  refused(chunk: Chunk<Row>): void {
    this.searchedTo = endOf(chunk);
  }
}

/** The user after the chunk's last. */
export function endOf(chunk: Chunk<unknown>): number {
  return chunk.at(-1)!.user + 1;
}
