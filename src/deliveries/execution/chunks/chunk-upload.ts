import type { PreparedRow, Receipt } from '../../../providers/contract/audience-provider.js';
import { ChunkTooLargeError, RequestRejectedError } from '../../../providers/contract/provider-errors.js';
import { BlamedRows, withoutRows, withRefused } from './blamed-rows.js';
import { ChunkPlan } from './chunk-plan.js';
import type { ChunkBudget } from './chunks.js';

type Chunk = readonly PreparedRow<unknown>[];

/** How chunks leave and how their answers are kept. */
export interface ChunkExits {
  /** Sends one request; `isLast` when it holds the last row of the delivery. */
  send(chunk: Chunk, index: number, isLast: boolean): Promise<Receipt>;
  /** Records the platform's answer to a chunk: its users are never sent again. */
  record(chunk: Chunk, receipt: Receipt): Promise<void>;
  /** Asked before each chunk; throws to end the upload there. */
  pause(): void;
}

export interface UploadPlan {
  readonly rows: Chunk;
  /** User to begin with, and how many chunks are recorded already. */
  readonly fromUser: number;
  readonly chunksDone: number;
  readonly budget: ChunkBudget<unknown>;
}

/**
 * Sends all rows of a delivery, chunk by chunk. Where a platform refuses a whole request for the sake of single rows, these
 * alone are recorded as refused, and all others arrive.
 *
 * @throws RequestRejectedError when the platform refuses the request as such; whatever else the exits throw, too
 */
export async function uploadChunks({ rows, fromUser, chunksDone, budget }: UploadPlan, exits: ChunkExits) {
  const plan = new ChunkPlan(rows, fromUser, budget);
  const blamed = new BlamedRows(chunksDone > 0);
  let index = chunksDone;
  const keep = async (chunk: Chunk, receipt: Receipt) => {
    await exits.record(chunk, receipt);
    index += 1;
  };
  for (let chunk = plan.next(); chunk.length > 0; chunk = plan.next()) {
    exits.pause();
    try {
      const receipt = await sendUsable(chunk, index, chunk.at(-1) === rows.at(-1), exits);
      for (const row of blamed.proven()) await keep(row, ALONE_REFUSED);
      await keep(chunk, receipt);
      plan.taken(chunk);
    } catch (error) {
      if (error instanceof ChunkTooLargeError && chunk.length > 1) plan.tooLarge(chunk);
      else if (error instanceof RequestRejectedError && chunk.length > 1) {
        blamed.refused(error);
        plan.refused(chunk);
      } else if (error instanceof RequestRejectedError || error instanceof ChunkTooLargeError) {
        for (const row of blamed.blame(chunk, error)) await keep(row, ALONE_REFUSED);
        plan.leftOut(chunk, blamed.isProven);
      } else throw error;
    }
  }
  blamed.end();
}

/** Sends a chunk; rows that the platform names as the reason of a refusal are left out and the others sent again. */
async function sendUsable(chunk: Chunk, index: number, isLast: boolean, exits: ChunkExits): Promise<Receipt> {
  try {
    return await exits.send(chunk, index, isLast);
  } catch (error) {
    if (!(error instanceof RequestRejectedError)) throw error;
    const named = error.rows.filter(({ row }) => row >= 0 && row < chunk.length);
    if (named.length === 0) throw error;
    const rest = withoutRows(chunk, named);
    const receipt = rest.length > 0 ? await sendUsable(rest, index, isLast, exits) : NOTHING;
    return withRefused(receipt, chunk.length, named);
  }
}

const NOTHING: Receipt = { accepted: 0, refused: [] };
const ALONE_REFUSED: Receipt = { accepted: 0, refused: [{ row: 0, reason: 'refused-by-platform' }] };
