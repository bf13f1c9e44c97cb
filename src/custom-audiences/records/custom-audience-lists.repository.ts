import { Injectable } from '@nestjs/common';
import { and, arrayContains, desc, eq, inArray, lt, or, type SQL, sql } from 'drizzle-orm';
import type { CustomAudienceStatus, CustomAudienceType } from '../../providers/contract/custom-audience-words.js';
import { audienceSizes, customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';
import { afterCursor, type AudienceOrder, orderBy } from './audience-order.js';
import type { CustomAudienceRow } from './custom-audience-row.js';

/** What a list may ask for. */
export interface CustomAudienceFilter {
  readonly platform?: string;
  readonly tag?: string;
  readonly type?: CustomAudienceType;
  readonly status?: CustomAudienceStatus;
  /** Anywhere in the name or the description, in any case. */
  readonly text?: string;
  /** All of these. */
  readonly tags?: readonly string[];
}

/** A record that was made of another one, or is known by its remote id. */
export type RelatedAudience = Pick<CustomAudienceRow, 'id' | 'provider' | 'account' | 'audienceId' | 'name' | 'seed'>;
export type AudienceSizeRow = typeof audienceSizes.$inferSelect;

/** What is read of custom audiences, many at a time. */
@Injectable()
export class CustomAudienceListsRepository {
  constructor(private readonly database: Database) {}

  /** @throws ProblemException 400 when the cursor is of no list that is sorted so */
  async list(
    filter: CustomAudienceFilter,
    order: AudienceOrder,
    cursor: string | undefined,
    limit: number,
  ): Promise<CustomAudienceRow[]> {
    const { provider, tag, type, status, tags, name, description } = customAudiences;
    const pattern = filter.text === undefined ? undefined : `%${filter.text.replace(/[\\%_]/g, String.raw`\$&`)}%`;
    const conditions: (SQL | undefined)[] = [
      filter.platform === undefined ? undefined : eq(provider, filter.platform),
      filter.tag === undefined ? undefined : eq(tag, filter.tag),
      filter.type && eq(type, filter.type),
      filter.status && eq(status, filter.status),
      filter.tags && arrayContains(tags, [...filter.tags]),
      pattern === undefined ? undefined : sql`(${name} ilike ${pattern} or ${description} ilike ${pattern})`,
      cursor === undefined ? undefined : afterCursor(order, cursor),
    ];
    const rows = await this.database.query
      .select()
      .from(customAudiences)
      .where(and(...conditions))
      .orderBy(...orderBy(order))
      .limit(limit);
    return rows as CustomAudienceRow[];
  }

  /** Newest first. */
  async sizes(id: string, before: Date | undefined, limit: number): Promise<AudienceSizeRow[]> {
    return this.database.query
      .select()
      .from(audienceSizes)
      .where(and(eq(audienceSizes.audience, id), before ? lt(audienceSizes.at, before) : undefined))
      .orderBy(desc(audienceSizes.at))
      .limit(limit);
  }

  /** The records made of these, and those with the remote ids that the platform calls lookalikes of them. */
  async lookalikes(rows: readonly CustomAudienceRow[]): Promise<RelatedAudience[]> {
    if (rows.length === 0) return [];
    const { id, provider, account, audienceId, name, seed } = customAudiences;
    const told = rows.flatMap((row) => row.lookalikeAudiences ?? []);
    return this.database.query
      .select({ id, provider, account, audienceId, name, seed })
      .from(customAudiences)
      .where(
        or(
          inArray(
            seed,
            rows.map((row) => row.id),
          ),
          told.length === 0 ? undefined : inArray(audienceId, told),
        ),
      )
      .orderBy(id);
  }
}
