import { Injectable } from '@nestjs/common';
import { Readable } from 'node:stream';
import { decodeCursor, encodeCursor } from '../common/page-cursor.js';
import type { RejectionDto, RejectionPageDto, RejectionQueryDto } from './dto/rejection.dto.js';
import {
  type RejectionFilter,
  type RejectionKey,
  type RejectionRow,
  RejectionsRepository,
} from './rejections.repository.js';

const CSV_PAGE = 5_000;
const CSV_COLUMNS = ['sequence', 'user', 'provider', 'tag', 'field', 'reason', 'count'] as const;
const KEY_KINDS = ['integer', 'text', 'text', 'integer', 'text', 'text', 'integer'] as const;

/** The rejections of a session, as pages or as one CSV. */
@Injectable()
export class RejectionReportsService {
  constructor(private readonly repository: RejectionsRepository) {}

  async page(session: string, query: RejectionQueryDto): Promise<RejectionPageDto> {
    const after = query.cursor === undefined ? undefined : decodeCursor(query.cursor, KEY_KINDS);
    const rows = await this.repository.page(session, filterOf(query), after, query.limit + 1);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > query.limit && last ? encodeCursor(keyOf(last)) : null;
    return { items: shown.map(toDto), nextCursor };
  }

  /** Read page by page while it is sent, so its length does not matter. */
  csv(session: string, query: RejectionQueryDto): Readable {
    return Readable.from(this.csvLines(session, filterOf(query)));
  }

  private async *csvLines(session: string, filter: RejectionFilter): AsyncGenerator<string> {
    yield `${CSV_COLUMNS.join(',')}\r\n`;
    for (let after: RejectionKey | undefined; ;) {
      const rows = await this.repository.page(session, filter, after, CSV_PAGE);
      const last = rows.at(-1);
      if (!last) return;
      // Numbers and words of fixed vocabularies only: nothing here needs quoting.
      yield rows.map((row) => `${CSV_COLUMNS.map((column) => toDto(row)[column] ?? '').join(',')}\r\n`).join('');
      if (rows.length < CSV_PAGE) return;
      after = keyOf(last);
    }
  }
}

function filterOf({ tag, field, reason }: RejectionQueryDto): RejectionFilter {
  const [provider, name] = tag?.split('/') ?? [];
  return { provider, tag: name, field, reason };
}

function keyOf({ sequence, provider, tag, user, field, reason, stage }: RejectionRow): RejectionKey {
  return [sequence, provider, tag, user, field, reason, stage];
}

function toDto({ sequence, user, provider, tag, field, reason, count }: RejectionRow): RejectionDto {
  return { sequence, user: user < 0 ? null : user, provider, tag, field: field === '' ? null : field, reason, count };
}
