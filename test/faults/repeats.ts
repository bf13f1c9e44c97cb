import type { Kill } from './fleet.js';
import type { Tag } from './input.js';
import type { Outage } from './outage-watch.js';
import type { Upload } from './upload-log.js';

/** A chunk whose answer was recorded. */
export interface Chunk {
  readonly tag: Tag;
  readonly sessionId: number;
  readonly sequence: number;
  readonly firstUser: number;
  readonly endUser: number;
  /** Rows. */
  readonly sent: number;
  readonly recordedAt: number;
}

/** All times that one chunk reached its platform, in order. */
export interface ChunkHistory {
  readonly chunk: Chunk;
  readonly uploads: readonly Upload[];
}

/** What may keep an answer from being recorded. */
export interface Causes {
  readonly kills: readonly Kill[];
  readonly outages: readonly Outage[];
}

export type Cause = 'lost answer' | 'kill' | 'outage' | 'unexplained';

/** Without a sign of life for 10 s a worker is taken for dead, within another 3 s: its delivery may be taken up elsewhere. */
const AFTERMATH_MS = 15_000;

/** Pure: puts every upload to its chunk; `strays` belong to none that was recorded. */
export function chunkHistories(
  chunks: readonly Chunk[],
  uploads: readonly Upload[],
): { histories: ChunkHistory[]; strays: Upload[] } {
  const strays: Upload[] = [];
  const histories = chunks.map((chunk) => ({ chunk, uploads: [] as Upload[] }));
  const byBatch = new Map<string, typeof histories>();
  for (const history of histories) {
    const { tag, sessionId, sequence } = history.chunk;
    const key = batchKey(tag, sessionId, sequence);
    byBatch.set(key, [...(byBatch.get(key) ?? []), history]);
  }
  for (const upload of [...uploads].sort((one, other) => one.at - other.at)) {
    const { sessionId, sequence, user } = upload.place;
    const history = byBatch
      .get(batchKey(upload.tag, sessionId, sequence))
      ?.find(({ chunk }) => user >= chunk.firstUser && user < chunk.endUser);
    (history?.uploads ?? strays).push(upload);
  }
  return { histories, strays };
}

/** Pure: uploads of chunks whose answer was recorded before. There must be none, whatever happens. */
export function sentAfterRecord(histories: readonly ChunkHistory[]): Upload[] {
  return histories.flatMap(({ chunk, uploads }) => uploads.filter(({ at }) => at > chunk.recordedAt));
}

/**
 * Pure: why each chunk that was sent again was: the answer before was cut off by its platform, the worker that waited for it
 * was killed, or there was no database to record it in.
 */
export function causesOfRepeats(histories: readonly ChunkHistory[], causes: Causes): Cause[] {
  return histories.flatMap(({ uploads }) =>
    uploads.slice(1).map((again, index) => causeBetween(uploads[index]!, again, causes)),
  );
}

function causeBetween(before: Upload, again: Upload, { kills, outages }: Causes): Cause {
  if (before.isAnswerLost) return 'lost answer';
  // Killed before the repeat was sent, and before it could record the answer: or it would have gone on from there.
  if (kills.some(({ pid, at }) => pid === before.sender && at <= again.at)) return 'kill';
  const isHit = ({ from, to }: Outage) => from <= again.at && to + AFTERMATH_MS >= before.at;
  return outages.some(isHit) ? 'outage' : 'unexplained';
}

function batchKey(tag: Tag, sessionId: number, sequence: number): string {
  return `${tag} ${sessionId} ${sequence}`;
}
