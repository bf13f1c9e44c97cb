import { Injectable } from '@nestjs/common';
import { and, desc, eq, inArray, ne, or, type SQL, sql } from 'drizzle-orm';
import { invalidRequest } from '../../common/dto-validation.js';
import { ProblemException } from '../../common/problem.exception.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';
import { Database } from '../../storage/database.js';
import { members } from '../../storage/member-schema.js';

export type AnalysedAudience = typeof customAudiences.$inferSelect;

/** What is told of an audience beside the analysed one. */
export type AudienceBrief = Pick<AnalysedAudience, 'id' | 'number' | 'name' | 'provider' | 'tag'>;

/** An audience that was made of the reported one; one that only the platform tells of has no `id` and no `name`. */
export interface Lookalike {
  readonly id: string | null;
  readonly name: string | null;
  readonly audienceId: string | null;
}

/** Audiences that one is compared with. */
export const OTHERS_MOST = 20;

/** The custom audience that is analysed, and those around it. */
@Injectable()
export class AnalysedAudiencesRepository {
  constructor(private readonly database: Database) {}

  /** @throws ProblemException 404 */
  async get(id: string): Promise<AnalysedAudience> {
    const [row] = await this.database.query.select().from(customAudiences).where(eq(customAudiences.id, id));
    if (row) return row;
    throw new ProblemException(404, 'custom-audience-not-found', 'There is no custom audience with this id');
  }

  /**
   * Those asked for, but not `id`.
   *
   * @throws ProblemException 400 when one is unknown, or is `id`
   */
  async named(id: string, others: readonly string[]): Promise<AudienceBrief[]> {
    const wanted = [...new Set(others)];
    const found = await this.select(and(ne(customAudiences.id, id), inArray(customAudiences.id, wanted)));
    if (found.length === wanted.length) return found;
    const missing = wanted.filter((other) => !found.some((one) => one.id === other));
    const message = `must name other custom audiences; these are none: ${missing.join(', ')}`;
    throw invalidRequest({ first: [{ field: 'with', message }], total: 1 });
  }

  /** The others that have members, those first to which most was uploaded. */
  largest(id: string): Promise<AudienceBrief[]> {
    const hasMembers = sql`exists (select 1 from ${members} where ${members.audience} = ${customAudiences.number})`;
    return this.select(and(ne(customAudiences.id, id), hasMembers));
  }

  /** Those that we made of it, and those that the platform calls lookalikes of it. */
  async lookalikes({ id, provider, account, lookalikeAudiences }: AnalysedAudience): Promise<Lookalike[]> {
    const told = lookalikeAudiences ?? [];
    const isTold = and(
      eq(customAudiences.provider, provider),
      eq(customAudiences.account, account),
      inArray(customAudiences.audienceId, told),
    );
    const ours = await this.database.query
      .select({ id: customAudiences.id, name: customAudiences.name, audienceId: customAudiences.audienceId })
      .from(customAudiences)
      .where(or(eq(customAudiences.seed, id), told.length > 0 ? isTold : undefined))
      .orderBy(customAudiences.id);
    const unknown = told.filter((audienceId) => !ours.some((one) => one.audienceId === audienceId));
    return [...ours, ...unknown.map((audienceId) => ({ id: null, name: null, audienceId }))];
  }

  private select(condition: SQL | undefined): Promise<AudienceBrief[]> {
    const { id, number, name, provider, tag, uploadedRecords } = customAudiences;
    return this.database.query
      .select({ id, number, name, provider, tag })
      .from(customAudiences)
      .where(condition)
      .orderBy(desc(uploadedRecords), id)
      .limit(OTHERS_MOST);
  }
}
