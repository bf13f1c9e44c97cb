import type { SessionPosition } from '../contract/audience-provider.js';
import { sha256Hex } from '../kit/hash.js';

/** The `session` object of `/users`. */
export interface FacebookSession {
  readonly session_id: number;
  readonly batch_seq: number;
  readonly last_batch_flag: boolean;
  readonly estimated_num_total: number;
}

/**
 * Facebook closes a session 90 minutes after its first batch and throws later batches away without a word. An upload that
 * takes longer therefore goes on in a new session every hour: half an hour is left for the retries of a batch.
 */
const WINDOW_MINUTES = 60;

/** More chunks than one part of a batch can have: a part has ten thousand users, and only bad rows make more of it than one. */
const CHUNKS_PER_PART = 1_000;
/** More parts than one batch can have: 10,000 of them are a hundred million users. */
const PARTS_PER_BATCH = 10_000;

/** Where a chunk stands, in Facebook's words; the same chunk of the same hour gives the same object again. */
export function facebookSession(audienceId: string, position: SessionPosition): FacebookSession {
  return {
    session_id: sessionIdOf(audienceId, position),
    batch_seq: batchSeqOf(position),
    last_batch_flag: position.last,
    estimated_num_total: position.totalUsers,
  };
}

/** A positive number that JSON keeps exact: 52 bits and one more. Unique in the ad account by the audience id in it. */
function sessionIdOf(audienceId: string, { sessionId, audienceType, ageMinutes }: SessionPosition): number {
  const window = Math.floor(ageMinutes / WINDOW_MINUTES);
  return parseInt(sha256Hex(`${audienceType}|${sessionId}|${audienceId}|${window}`).slice(0, 13), 16) + 1;
}

/**
 * The number must not stand twice in a session. First chunks of first parts carry their batch's, 1 to `totalBatches`; further
 * chunks get numbers above all of these, a thousand for each batch, and those of further parts numbers above all of those.
 */
function batchSeqOf({ batch, part = 0, totalBatches, chunk }: SessionPosition): number {
  if (part === 0) return chunk === 0 ? batch : totalBatches + (batch - 1) * CHUNKS_PER_PART + chunk;
  const partsBefore = totalBatches + (batch - 1) * PARTS_PER_BATCH + part - 1;
  return totalBatches + partsBefore * CHUNKS_PER_PART + chunk + 1;
}
