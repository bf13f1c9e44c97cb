import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem.exception.js';
import type { DeliveryState } from '../deliveries/delivery-state.js';
import type { SessionDetailDto, SessionDto, TagErrorDto, TagProgressDto } from './dto/session.dto.js';
import { type SessionCounts, sessionState, sessionWarnings } from './session-progress.js';
import { type DeliveryTotals, type SessionFilter, type SessionRow, SessionsRepository } from './sessions.repository.js';

/** What the API tells of sessions, computed from their batches and deliveries at each call. */
@Injectable()
export class SessionReportsService {
  constructor(private readonly repository: SessionsRepository) {}

  /** Newest first. */
  async list(filter: SessionFilter, before: string | undefined, limit: number): Promise<SessionDto[]> {
    return this.describe(await this.repository.list(filter, before, limit));
  }

  async get(id: string): Promise<SessionDetailDto> {
    const row = await this.repository.find(id);
    if (!row) throw new ProblemException(404, 'session-not-found', 'There is no session with this id');
    const [session] = await this.describe([row]);
    const rejections = await this.repository.rejectionTotals(id);
    return {
      ...session!,
      rejections: rejections.map(({ field, ...totals }) => ({ ...totals, field: field === '' ? null : field })),
    };
  }

  private async describe(rows: readonly SessionRow[]): Promise<SessionDto[]> {
    if (rows.length === 0) return [];
    const ids = rows.map(({ id }) => id);
    const [batches, deliveries] = await Promise.all([
      this.repository.batchTotals(ids),
      this.repository.deliveryTotals(ids),
    ]);
    return rows.map((row) => {
      const received = batches.find(({ session }) => session === row.id);
      const totals = deliveries.filter(({ session }) => session === row.id);
      const counts: SessionCounts = {
        totalBatches: row.totalBatches,
        totalUsers: row.totalUsers,
        batchesReceived: received?.batches ?? 0,
        usersReceived: received?.users ?? 0,
        deliveries: countStates(totals),
      };
      const { id, name, type, sessionId } = row;
      const identity = { id, name, type, sessionId, createdAt: row.createdAt.toISOString() };
      const { totalBatches, totalUsers, batchesReceived, usersReceived } = counts;
      const progress = { totalBatches, batchesReceived, totalUsers, usersReceived };
      const outcome = { state: sessionState(counts), warnings: sessionWarnings(counts), tags: byTag(totals) };
      return { ...identity, ...progress, ...outcome };
    });
  }
}

function countStates(totals: readonly DeliveryTotals[]): Partial<Record<DeliveryState, number>> {
  const counts: Partial<Record<DeliveryState, number>> = {};
  for (const { state, deliveries } of totals) counts[state] = (counts[state] ?? 0) + deliveries;
  return counts;
}

function byTag(totals: readonly DeliveryTotals[]): TagProgressDto[] {
  const tags = new Map<string, TagProgressDto>();
  for (const total of totals) {
    const { provider, tag, state } = total;
    const key = `${provider}/${tag}`;
    const sum = tags.get(key) ?? emptyTag(provider, tag);
    tags.set(key, sum);
    sum.deliveries[state] = total.deliveries;
    for (const count of ['received', 'accepted', 'skipped', 'rejected'] as const) sum[count] += total[count];
    sum.pending = sum.received - sum.accepted - sum.skipped - sum.rejected;
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
  const counts = { received: 0, accepted: 0, skipped: 0, rejected: 0, pending: 0 };
  return { provider, tag, audienceId: null, deliveries: {}, ...counts, lastError: null };
}
