import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import type { AudienceFacts } from '../../providers/contract/audience-manager.js';
import type { CustomAudienceType } from '../../providers/contract/custom-audience-words.js';
import { Database } from '../../storage/database.js';
import type { PolledAudience } from './poll-claims.repository.js';
import { SHRINK_WINDOW_DAYS } from './record/audience-warnings.js';
import { OPEN_STATES } from '../../deliveries/delivery-state.js';

/** What we know of an audience before the platform is asked. */
export interface KnownFacts {
  readonly facts: AudienceFacts;
  /** The largest size of the last days; null: none is known, or users were taken out since. */
  readonly sizeToKeep: number | null;
}

interface FactsRow extends Record<string, unknown> {
  readonly is_uploading: boolean;
  readonly has_failed: boolean | null;
  readonly last_upload_ms: number | null;
  readonly size_to_keep: number | null;
}

/** What our own tables tell of an audience's uploads. */
@Injectable()
export class UploadFactsRepository {
  constructor(private readonly database: Database) {}

  /** @param now what the platform's answer is seen against */
  async of(audience: PolledAudience, now: Date): Promise<KnownFacts> {
    const row = await this.select(audience.id);
    const lastUploads = [row.last_upload_ms, audience.lastUploadAt?.getTime()].filter((ms) => typeof ms === 'number');
    const facts: AudienceFacts = {
      type: audience.type as CustomAudienceType,
      now,
      createdAt: audience.createdAt,
      lastUploadAt: lastUploads.length > 0 ? new Date(Math.max(...lastUploads)) : null,
      uploadedRecords: audience.uploadedRecords,
      isUploading: row.is_uploading,
      hasFailed: row.has_failed ?? false,
    };
    return { facts, sizeToKeep: row.size_to_keep };
  }

  private async select(id: string): Promise<FactsRow> {
    const window = sql`now() - ${SHRINK_WINDOW_DAYS} * interval '1 day'`;
    const { rows } = await this.database.query.execute<FactsRow>(sql`
      select
        exists (select 1 from deliveries where custom_audience = ${id}
          and state in ${OPEN_STATES}) as is_uploading,
        (select state = 'failed' from deliveries where custom_audience = ${id} order by id desc limit 1)
          and not exists (select 1 from deliveries where custom_audience = ${id}
            and (state = 'succeeded' or accepted > 0)) as has_failed,
        (select extract(epoch from max(settled_at))::float8 * 1000 from deliveries
          where custom_audience = ${id} and accepted > 0) as last_upload_ms,
        (select max(size)::float8 from audience_sizes where audience = ${id} and at > ${window}
          and not exists (select 1 from deliveries d join sessions s on s.id = d.session
            where d.custom_audience = ${id} and s.mode = 'remove'
              and coalesce(d.settled_at > ${window}, true))) as size_to_keep`);
    return rows[0]!;
  }
}
