import { Injectable } from '@nestjs/common';
import { type SQL, sql } from 'drizzle-orm';
import { usersOfPiece } from '../../deliveries/rejections/sealed-edge-tag-ids.js';
import type { IdentifierField, RejectionReason } from '../../providers/contract/rejection-vocabulary.js';
import { Database } from '../../storage/database.js';
import { batches, deliveries, rejections } from '../../storage/schema.js';
import type { PagePosition, Slice } from './rejection-slices.js';

export interface RejectionFilter {
  readonly provider?: string;
  readonly tag?: string;
  readonly field?: string;
  readonly reason?: string;
}

/** A stored row: all users of one delivery's stage that were left out for one reason. */
export interface PackedRow {
  readonly sequence: number;
  /** Of the batch. */
  readonly part: number;
  /** Users of the batch in the parts before. */
  readonly firstUser: number;
  readonly provider: string;
  readonly tag: string;
  readonly delivery: string;
  /** First user of the chunk that a platform answered; -1: found before sending. */
  readonly stage: number;
  /** Empty: the whole user. */
  readonly field: IdentifierField | '';
  readonly reason: RejectionReason;
  /** How many users it names. */
  readonly named: number;
  /** How many more a platform counted. */
  readonly unnamed: number;
}

/** What the packed rows of a session are ordered by; no two have the same. */
export type PackedOrder = readonly [
  sequence: number,
  part: number,
  provider: string,
  tag: string,
  stage: number,
  field: string,
  reason: string,
];

/** The users of a slice. */
export interface SliceUsers {
  /** Which of the slices asked for. */
  readonly place: number;
  readonly users: readonly number[];
  /** The sealed pieces that hold their `edgeTagId`s, and the user in the row at which the first piece begins. */
  readonly pieces: readonly Buffer[] | null;
  readonly piecesFrom: number | null;
}

type Row<T> = T & Record<string, unknown>;

/** Reads rejections as they are packed: a page costs what it shows, however many a session has. */
@Injectable()
export class RejectionsRepository {
  constructor(private readonly database: Database) {}

  /** The packed rows of a session from that of `from` on, itself included, in order. */
  async packed(
    session: string,
    filter: RejectionFilter,
    from: PagePosition | undefined,
    limit: number,
  ): Promise<PackedRow[]> {
    // By batch: the index on (session, sequence, part) gives them in order, so that only those of the page are looked at.
    const { rows } = await this.database.query.execute<Row<PackedRow>>(sql`
      select b.sequence, b.part, b.first_user as "firstUser", d.provider, d.tag, r.delivery, r.stage, r.field, r.reason, r.unnamed,
        cardinality(r.users) as named
      from ${batches} b join ${deliveries} d on d.batch = b.id join ${rejections} r on r.delivery = d.id
      where b.session = ${session}${and(filter)}${from ? notBefore(from) : sql``}
      order by b.sequence, b.part, d.provider collate "C", d.tag collate "C", r.stage, r.field collate "C", r.reason collate "C"
      limit ${limit}`);
    return rows;
  }

  /** What the slices hold, in their order; nothing of a slice whose row is gone by now. */
  async usersOf(slices: readonly Slice[]): Promise<SliceUsers[]> {
    const all = <K extends keyof PackedRow>(key: K) => sql.param(slices.map(({ row }) => row[key]));
    const size = usersOfPiece(sql`piece`);
    const { rows } = await this.database.query.execute<Row<SliceUsers>>(sql`
      select s.place::int - 1 as place, r.users[s.first + 1 : s.last] as users, p.pieces, p."piecesFrom"
      from unnest(${all('delivery')}::uuid[], ${all('stage')}::int[], ${all('field')}::text[], ${all('reason')}::text[],
          ${sql.param(slices.map(({ first }) => first))}::int[], ${sql.param(slices.map(({ last }) => last))}::int[])
        with ordinality as s(delivery, stage, field, reason, first, last, place)
      join ${rejections} r
        on r.delivery = s.delivery and r.stage = s.stage and r.field = s.field and r.reason = s.reason
      cross join lateral (
        select array_agg(piece order by n) as pieces, min(begins)::int as "piecesFrom"
        from (
          select piece, n, ${size} as size, cardinality(r.users) - sum(${size}) over (order by n desc) as begins
          from unnest(r.edge_tag_ids) with ordinality as pieces(piece, n)) placed
        where begins < s.last and begins + size > s.first) p
      order by s.place`);
    return rows;
  }
}

function and({ provider, tag, field, reason }: RejectionFilter): SQL {
  return sql.join([
    provider === undefined ? sql`` : sql` and d.provider = ${provider}`,
    tag === undefined ? sql`` : sql` and d.tag = ${tag}`,
    field === undefined ? sql`` : sql` and r.field = ${field}`,
    reason === undefined ? sql`` : sql` and r.reason = ${reason}`,
  ]);
}

function notBefore([sequence, part, provider, tag, stage, field, reason]: PagePosition): SQL {
  return sql` and b.sequence >= ${sequence}::int
    and (b.sequence, b.part, d.provider collate "C", d.tag collate "C", r.stage, r.field collate "C", r.reason collate "C")
      >= (${sequence}::int, ${part}::int, ${provider}::text, ${tag}::text, ${stage}::int, ${field}::text, ${reason}::text)`;
}
