/** How many sequences are listed at most; their number is always told. */
export const MISSING_SHOWN = 100;

/** Sequences that a session has, from its least to its greatest. */
export interface SequenceBounds {
  readonly first: number;
  readonly last: number;
}

/** A run of sequences without a batch, both ends included. */
export interface SequenceGap {
  readonly from: number;
  readonly to: number;
}

/**
 * Pure: whether a session counts its batches from 0 or from 1. Only a sequence 0 or a sequence `totalBatches` tells, and a
 * session never has both; undefined until one of them has come.
 */
export function countsFrom({ first, last }: SequenceBounds, totalBatches: number): 0 | 1 | undefined {
  if (first === 0) return 0;
  return last === totalBatches ? 1 : undefined;
}

/**
 * Pure: the sequences that a session is certain to have. While it is unknown from where it counts, that is all but the 0 and
 * the `totalBatches`, of which one is missing, too.
 */
export function certainSequences(bounds: SequenceBounds, totalBatches: number): SequenceGap {
  const from = countsFrom(bounds, totalBatches);
  return { from: from === 0 ? 0 : 1, to: from === 1 ? totalBatches : totalBatches - 1 };
}

/** Pure: the first sequences of the gaps. */
export function firstOfGaps(gaps: readonly SequenceGap[], most = MISSING_SHOWN): number[] {
  const sequences: number[] = [];
  for (const { from, to } of gaps) {
    for (let sequence = from; sequence <= to && sequences.length < most; sequence += 1) sequences.push(sequence);
  }
  return sequences;
}
