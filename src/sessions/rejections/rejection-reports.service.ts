import { Injectable, Logger } from '@nestjs/common';
import { Readable } from 'node:stream';
import { decodeCursor, encodeCursor } from '../../common/paging/page-cursor.js';
import { SealedEdgeTagIds } from '../../deliveries/rejections/sealed-edge-tag-ids.js';
import { PayloadError } from '../../storage/payload-cipher.js';
import type { RejectionDto, RejectionPageDto, RejectionQueryDto } from '../dto/rejection.dto.js';
import { rejectionHeader, rejectionLine } from './rejection-csv.js';
import { type PagePosition, rowsForPage, type Slice, sliceRows } from './rejection-slices.js';
import { type RejectionFilter, RejectionsRepository, type SliceUsers } from './rejections.repository.js';

const CSV_PAGE = 5_000;
const CURSOR_KINDS = ['integer', 'integer', 'text', 'text', 'integer', 'text', 'text', 'integer'] as const;

/** The rejections of a session, as pages or as one CSV. */
@Injectable()
export class RejectionReportsService {
  private readonly logger = new Logger(RejectionReportsService.name);

  constructor(
    private readonly repository: RejectionsRepository,
    private readonly edgeTagIds: SealedEdgeTagIds,
  ) {}

  /** @throws {ProblemException} 400 when the cursor is none of ours */
  async page(session: string, query: RejectionQueryDto): Promise<RejectionPageDto> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, CURSOR_KINDS);
    const { items, end } = await this.read(session, filterOf(query), after, query.limit);
    return { items, nextCursor: end ? encodeCursor(end) : null };
  }

  /** Read page by page while it is sent, so its length does not matter. */
  csv(session: string, query: RejectionQueryDto): Readable {
    return Readable.from(this.csvPages(session, filterOf(query)));
  }

  private async *csvPages(session: string, filter: RejectionFilter): AsyncGenerator<string> {
    yield rejectionHeader();
    for (let after: PagePosition | undefined, isMore = true; isMore;) {
      const { items, end } = await this.read(session, filter, after, CSV_PAGE);
      if (items.length > 0) yield items.map(rejectionLine).join('');
      after = end;
      isMore = end !== undefined;
    }
  }

  private async read(session: string, filter: RejectionFilter, after: PagePosition | undefined, limit: number) {
    const rows = await this.repository.packed(session, filter, after, rowsForPage(limit));
    const { slices, end } = sliceRows(rows, after, limit);
    const found = slices.length > 0 ? await this.repository.usersOf(slices) : [];
    const items: RejectionDto[] = [];
    for (const users of found) items.push(...(await this.unpack(slices[users.place]!, users)));
    return { items, end };
  }

  /** Its entries, one a user. */
  private async unpack(slice: Slice, { users, pieces, piecesFrom }: SliceUsers): Promise<RejectionDto[]> {
    const { row, counted, first } = slice;
    const { sequence, firstUser, provider, tag, reason } = row;
    const field = row.field === '' ? null : row.field;
    const entry = (user: number | null, edgeTagId: string | null, count: number): RejectionDto => {
      return { sequence, user, edgeTagId, provider, tag, field, reason, count };
    };
    const ids = pieces && piecesFrom !== null ? await this.open(slice, pieces) : [];
    // Users from before the ids were kept stand in front of the first piece.
    const idOf = (index: number) => ids[first + index - (piecesFrom ?? 0)] ?? null;
    const named = users.map((user, index) => entry(firstUser + user, idOf(index), 1));
    return counted ? [entry(null, null, row.unnamed), ...named] : named;
  }

  /** With another key the ids are lost, but not the report: it is shown without them. */
  private async open({ row }: Slice, pieces: readonly Buffer[]): Promise<readonly (string | null)[]> {
    try {
      return await this.edgeTagIds.open(row, pieces);
    } catch (error) {
      if (!(error instanceof PayloadError)) throw error;
      this.logger.warn(`The edgeTagIds of rejections of delivery ${row.delivery} do not open: ${error.message}`);
      return [];
    }
  }
}

function filterOf({ tag, field, reason }: RejectionQueryDto): RejectionFilter {
  const [provider, name] = tag?.split('/') ?? [];
  return { provider, tag: name, field, reason };
}
