import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { and, eq, gt, lt, sql } from 'drizzle-orm';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { Database } from '../storage/database.js';
import { members } from '../storage/member-schema.js';
import { type KeyRange, keyRange } from './key-range.js';
import { MemberCipher } from './member-cipher.js';

/** How many members there are. */
export interface MemberCount {
  readonly count: number;
  readonly isEstimate: boolean;
}

/** Records read in one statement. */
const SLICE = 1_000;
/** Records opened in one go, which takes some 3 ms: other calls are answered in between. */
const PART = 100;
/** A first look at an audience, to see whether all its members can be counted. */
const PROBE: KeyRange = keyRange(256, 1);
/** Members in the first look, beyond which it stands for all: about 2 % off. */
const PROBE_ENOUGH = 2_500;

/** Reads the members of audiences, or a uniform sample of them, without holding up anything else. */
@Injectable()
export class MembersSampler {
  constructor(
    private readonly database: Database,
    private readonly cipher: MemberCipher,
  ) {}

  /** Exactly, however many: about a second for ten million. */
  async count(audience: number, range?: KeyRange): Promise<number> {
    const { rows } = await this.database.query.execute<{ count: number }>(
      sql`select count(*)::float8 as count from ${members} where ${inRange(audience, range)}`,
    );
    return rows[0]!.count;
  }

  /** Exactly while that is quick, by a sample beyond. */
  async roughCount(audience: number): Promise<MemberCount> {
    const probed = await this.count(audience, PROBE);
    if (probed >= PROBE_ENOUGH) return { count: Math.round(probed / PROBE.fraction), isEstimate: true };
    return { count: await this.count(audience), isEstimate: false };
  }

  /** How many of the range are in both. */
  async common(one: number, other: number, { below }: KeyRange): Promise<number> {
    const bound = below ? sql` and a.key < ${below} and b.key < ${below}` : sql``;
    const { rows } = await this.database.query.execute<{ count: number }>(sql`
      select count(*)::float8 as count from ${members} a join ${members} b on b.key = a.key
      where a.audience = ${one} and b.audience = ${other}${bound}`);
    return rows[0]!.count;
  }

  /** The members of the range in small parts, in the order of their keys. @throws MemberRecordError */
  async *parts(audience: number, range: KeyRange): AsyncGenerator<readonly AudienceUser[]> {
    let after: Buffer | undefined;
    for (;;) {
      const rows = await this.database.query
        .select({ key: members.key, content: members.content, record: members.record })
        .from(members)
        .where(and(inRange(audience, range), after && gt(members.key, after)))
        .orderBy(members.key)
        .limit(SLICE);
      for (let from = 0; from < rows.length; from += PART) {
        yield rows.slice(from, from + PART).map((row) => this.cipher.open(row));
        await setImmediate();
      }
      if (rows.length < SLICE) return;
      after = rows.at(-1)!.key;
    }
  }
}

function inRange(audience: number, range?: KeyRange) {
  return and(eq(members.audience, audience), range?.below && lt(members.key, range.below));
}
