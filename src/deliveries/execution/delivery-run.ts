import type { AudienceProvider, PreparedRow, ProviderLimits } from '../../providers/contract/audience-provider.js';
import type { SegmentKey } from '../remote-audience.service.js';
import type { Quota } from '../tags/rate-limiter.js';
import type { ChunkBudget } from './chunks/chunks.js';
import type { DeliveryBatch } from './batch/delivery-batch-reader.js';
import type { ClaimedDelivery } from './delivery-claim.js';

export type Chunk = readonly PreparedRow<unknown>[];

/** What an attempt is watched by. */
export interface RunWatch {
  /** Aborted when the delivery was lost, and when the process ends at once. */
  readonly signal: AbortSignal;
  /** Asked between chunks. */
  readonly shouldStop: () => boolean;
  /** Told after each chunk that the platform took. */
  readonly onProgress: () => Promise<void>;
}

/** What is needed to send chunk after chunk. */
export interface Run extends RunWatch {
  readonly held: ClaimedDelivery;
  readonly provider: AudienceProvider;
  readonly limits: ProviderLimits;
  readonly quota: Quota;
  readonly batch: DeliveryBatch;
  /** All that were prepared. */
  readonly prepared: Chunk;
  /** Those that are sent. */
  readonly rows: Chunk;
  /** Users, ascending, who need not be sent and are not recorded yet. */
  readonly unsent: number[];
  readonly key: SegmentKey;
}

/** Pure: the rows that go out and the users that need not, from `fromUser` on. */
export function divide(prepared: Chunk, unsent: ReadonlySet<number>, fromUser: number): Pick<Run, 'rows' | 'unsent'> {
  if (unsent.size === 0) return { rows: prepared, unsent: [] };
  const kept = prepared.filter(({ user }) => unsent.has(user) && user >= fromUser);
  return { rows: prepared.filter(({ user }) => !unsent.has(user)), unsent: kept.map(({ user }) => user) };
}

/** Takes the users before `end` out of the list. */
export function takeBefore(users: number[], end: number): number[] {
  const later = users.findIndex((user) => user >= end);
  return users.splice(0, later < 0 ? users.length : later);
}

export function budgetOf({ provider, limits }: Run): ChunkBudget<unknown> {
  const rowBytes = provider.rowBytes && ((row: unknown) => provider.rowBytes!(row));
  return { rows: limits.rowsPerChunk, bytes: limits.bytesPerChunk, rowBytes };
}
