import { Injectable } from '@nestjs/common';
import { decodeCursor, encodeCursor } from '../common/paging/page-cursor.js';
import type { PageQueryDto } from '../common/paging/page.dto.js';
import { ProblemException } from '../common/problem.exception.js';
import type { CustomAudienceStatus } from '../providers/contract/custom-audience-words.js';
import { CustomAudienceViews } from './custom-audience-views.service.js';
import type { CustomAudienceDto, CustomAudiencePageDto } from './dto/custom-audience.dto.js';
import type { CustomAudienceQueryDto } from './dto/custom-audience-query.dto.js';
import type { AudienceSizePageDto } from './dto/size-history.dto.js';
import { cursorOf } from './records/audience-order.js';
import { type AudienceSizeRow, CustomAudienceListsRepository } from './records/custom-audience-lists.repository.js';
import type { CustomAudienceRow } from './records/custom-audience-row.js';
import { CustomAudiencesRepository } from './records/custom-audiences.repository.js';

/** Reads custom audiences. */
@Injectable()
export class CustomAudiencesService {
  constructor(
    private readonly records: CustomAudiencesRepository,
    private readonly lists: CustomAudienceListsRepository,
    private readonly views: CustomAudienceViews,
  ) {}

  /** @throws ProblemException 404 */
  async get(id: string): Promise<CustomAudienceRow> {
    const row = await this.records.find(id);
    if (row) return row;
    throw new ProblemException(404, 'custom-audience-not-found', 'There is no custom audience with this id');
  }

  /** The record as the API shows it. */
  view(row: CustomAudienceRow): Promise<CustomAudienceDto> {
    return this.views.of(row);
  }

  /** @throws ProblemException 400 for a cursor of another order */
  async list(query: CustomAudienceQueryDto): Promise<CustomAudiencePageDto> {
    const rows = await this.lists.list(query, query, query.cursor, query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > query.limit && last ? cursorOf(query, last) : null;
    return { items: await this.views.ofAll(shown), nextCursor };
  }

  /** The history of sizes, newest first. */
  async sizes(id: string, { cursor, limit }: PageQueryDto): Promise<AudienceSizePageDto> {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['instant']);
    const rows = await this.lists.sizes(id, before, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { items: shown.map(sizeOf), nextCursor: rows.length > limit && last ? encodeCursor([last.at]) : null };
  }
}

function sizeOf({ at, status, size, matchedUsers, uploadedRecords }: AudienceSizeRow) {
  return { at: at.toISOString(), status: status as CustomAudienceStatus, size, matchedUsers, uploadedRecords };
}
