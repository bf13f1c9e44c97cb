import { workerData } from 'node:worker_threads';
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { type BatchResult, type BatchTask, workOn } from './batch-task.js';

// The whole program of a thread. What it imports loads neither the framework nor the database.

/** What a thread is given once. */
export interface BatchThreadData {
  readonly encryptionKey: Uint8Array;
}

const { encryptionKey } = workerData as BatchThreadData;
const cipher = new PayloadCipher(Buffer.from(encryptionKey));

/** One batch, its bytes by transfer both ways: neither is copied, and nothing but a count and mistakes is cloned. */
export async function batchWork(task: BatchTask): Promise<unknown> {
  const result = withOwnBytes(await workOn(task, cipher));
  const buffers = Object.values(result).filter((value) => value instanceof Uint8Array);
  return move({
    [transferableSymbol]: buffers.map(({ buffer }) => buffer as ArrayBuffer),
    [valueSymbol]: result,
  });
}

/** A small buffer is a piece of one that Node shares among many: it is copied, so that the others stay. */
function withOwnBytes(result: BatchResult): BatchResult {
  const entries = Object.entries(result).map(([key, value]: [string, unknown]) => {
    const isShared = value instanceof Uint8Array && value.byteLength < value.buffer.byteLength;
    return [key, isShared ? new Uint8Array(value) : value] as const;
  });
  return Object.fromEntries(entries) as unknown as BatchResult;
}
