import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock.js';
import { ProblemException } from '../common/problem.exception.js';
import { AppConfig } from '../config/config.js';
import type { DeliveryState } from '../deliveries/delivery-state.js';
import { pendingOf } from '../deliveries/dto/user-counts.js';
import type {
  MissingBatchesDto,
  SessionDetailDto,
  SessionDto,
  TagErrorDto,
  TagProgressDto,
} from './dto/session.dto.js';
import { certainSequences, countsFrom, firstOfGaps } from './missing-batches.js';
import { expiresAt, type SessionCounts, sessionState, type SessionTime, sessionWarnings } from './session-progress.js';
import {
  type BatchTotals,
  type DeliveryTotals,
  type SessionFilter,
  SessionReportsRepository,
} from './session-reports.repository.js';
import type { SessionRow } from './sessions.repository.js';

/** What the API tells of sessions, computed from their batches and deliveries at each call. */
@Injectable()
export class SessionReportsService {
  constructor(
    private readonly repository: SessionReportsRepository,
    private readonly clock: Clock,
    private readonly config: AppConfig,
  ) {}

  /** Newest first. */
  async list(filter: SessionFilter, before: string | undefined, limit: number): Promise<SessionDto[]> {
    const time = this.time();
    return this.describe(await this.repository.list(filter, time, before, limit), time);
  }

  /** @throws {ProblemException} 404 */
  async get(id: string): Promise<SessionDetailDto> {
    const row = await this.find(id);
    const [session] = await this.describe([row], this.time());
    const rejections = await this.repository.rejectionTotals(id);
    return {
      ...session!,
      ...(await this.missing(row, session!.batchesReceived)),
      rejections: rejections.map(({ field, ...totals }) => ({ ...totals, field: field === '' ? null : field })),
    };
  }

  /** @throws {ProblemException} 404 */
  async find(id: string): Promise<SessionRow> {
    const row = await this.repository.find(id);
    if (!row) throw new ProblemException(404, 'session-not-found', 'There is no session with this id');
    return row;
  }

  private time(): SessionTime {
    return { now: this.clock.now(), ttlHours: this.config.sessionTtlHours };
  }

  private async missing({ id, totalBatches }: SessionRow, received: number): Promise<MissingBatchesDto> {
    const bounds = await this.repository.sequenceBounds(id);
    const missingCount = totalBatches - received;
    const gaps = missingCount > 0 ? await this.repository.gaps(id, certainSequences(bounds, totalBatches)) : [];
    return { countsFrom: countsFrom(bounds, totalBatches) ?? null, missingCount, missing: firstOfGaps(gaps) };
  }

  private async describe(rows: readonly SessionRow[], time: SessionTime): Promise<SessionDto[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    // In this order: of every batch that is counted the deliveries are there. The other way round a session whose last batch
    // comes just now would pass for completed.
    const batches = await this.repository.batchTotals(ids);
    const deliveries = await this.repository.deliveryTotals(ids);
    return rows.map((row) => {
      const received = batches.find(({ session }) => session === row.id);
      const totals = deliveries.filter(({ session }) => session === row.id);
      return toDto(row, countsOf(row, received, totals), totals, time);
    });
  }
}

function countsOf(
  row: SessionRow,
  received: BatchTotals | undefined,
  totals: readonly DeliveryTotals[],
): SessionCounts {
  return {
    totalBatches: row.totalBatches,
    totalUsers: row.totalUsers,
    batchesReceived: received?.batches ?? 0,
    usersReceived: received?.users ?? 0,
    lastBatchAt: received ? new Date(received.lastBatchAt) : row.createdAt,
    deliveries: countStates(totals),
  };
}

function toDto(
  row: SessionRow,
  counts: SessionCounts,
  totals: readonly DeliveryTotals[],
  time: SessionTime,
): SessionDto {
  const { id, name, type, sessionId, mode, origin } = row;
  const { totalBatches, totalUsers, batchesReceived, usersReceived } = counts;
  return {
    ...{ id, name, type, sessionId, mode, origin, createdAt: row.createdAt.toISOString() },
    state: sessionState(counts, time),
    ...{ totalBatches, batchesReceived, totalUsers, usersReceived },
    expiresAt: expiresAt(counts, time.ttlHours)?.toISOString() ?? null,
    warnings: sessionWarnings(counts, time),
    tags: byTag(totals),
  };
}

function countStates(totals: readonly DeliveryTotals[]): Partial<Record<DeliveryState, number>> {
  const counts: Partial<Record<DeliveryState, number>> = {};
  for (const { state, deliveries } of totals) counts[state] = (counts[state] ?? 0) + deliveries;
  return counts;
}

const SUMMED = ['received', 'accepted', 'skipped', 'rejected', 'added', 'unchanged', 'removed'] as const;

function byTag(totals: readonly DeliveryTotals[]): TagProgressDto[] {
  const tags = new Map<string, TagProgressDto>();
  for (const total of totals) {
    const { provider, tag, state } = total;
    const key = `${provider}/${tag}`;
    const sum = tags.get(key) ?? emptyTag(provider, tag);
    tags.set(key, sum);
    sum.deliveries[state] = total.deliveries;
    for (const count of SUMMED) sum[count] += total[count];
    sum.pending = pendingOf(sum);
    sum.audienceId ??= total.audienceId;
    sum.lastError ??= newestError(totals, provider, tag);
  }
  return [...tags.values()];
}

/** Of the tag's deliveries in all states, the newest that has an error. */
function newestError(totals: readonly DeliveryTotals[], provider: string, tag: string): TagErrorDto | null {
  const errors = totals
    .filter((total) => total.provider === provider && total.tag === tag)
    .flatMap(({ state, lastError }) => (lastError ? [{ state, ...lastError }] : []))
    .sort((a, b) => b.id.localeCompare(a.id));
  const [newest] = errors;
  if (!newest) return null;
  const { state, code, message, dueAt } = newest;
  return { code, message, nextAttemptAt: state === 'waiting' && dueAt ? new Date(dueAt).toISOString() : null };
}

function emptyTag(provider: string, tag: string): TagProgressDto {
  const counts = { received: 0, accepted: 0, skipped: 0, rejected: 0, pending: 0, added: 0, unchanged: 0, removed: 0 };
  return { provider, tag, audienceId: null, deliveries: {}, ...counts, lastError: null };
}
