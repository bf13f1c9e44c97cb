import { Injectable } from '@nestjs/common';
import { ProblemException } from '../common/problem.exception.js';
import type { ErasureDto } from './dto/erasure.dto.js';
import { type ErasureRow, ErasuresRepository, type ErasureTagRow, type Person } from './erasures.repository.js';

/** Takes erasures in and gives their receipts out. The work is done in rounds by the workers. */
@Injectable()
export class ErasuresService {
  constructor(private readonly repository: ErasuresRepository) {}

  async create({ email, phone, edgeTagId }: Person): Promise<ErasureDto> {
    return toDto(await this.repository.create({ email, phone, edgeTagId }), []);
  }

  /** @throws ProblemException 404 */
  async get(id: string): Promise<ErasureDto> {
    const row = await this.repository.find(id);
    if (!row) throw new ProblemException(404, 'erasure-not-found', 'There is no erasure with this id');
    return toDto(row, await this.repository.tagsOf(id));
  }

  /** Newest first. */
  async list(before: string | undefined, limit: number): Promise<ErasureDto[]> {
    const rows = await this.repository.list(before, limit);
    return Promise.all(rows.map(async (row) => toDto(row, await this.repository.tagsOf(row.id))));
  }
}

function toDto(row: ErasureRow, tags: readonly ErasureTagRow[]): ErasureDto {
  const { id, state, store, createdAt, completedAt } = row;
  const { members = 0, batches = 0, rejections = 0 } = store;
  return {
    ...{ id, state },
    by: (['email', 'phone', 'edgeTagId'] as const).filter((name) => row[name] !== null),
    store: { members, batches, rejections },
    tags: tags.map(({ provider, tag, ...one }) => ({
      ...{ provider, tag, state: one.state, audiences: one.audiences, account: one.account },
      ...{ sessions: one.sessions, error: one.error, completedAt: one.completedAt?.toISOString() ?? null },
    })),
    createdAt: createdAt.toISOString(),
    completedAt: completedAt?.toISOString() ?? null,
  };
}
