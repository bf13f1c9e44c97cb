import { Injectable } from '@nestjs/common';
import { sql } from 'drizzle-orm';
import { Database, type Queryable } from '../../storage/database.js';
import { members } from '../../storage/member-schema.js';

/** Members forgotten in one statement: few enough not to hold up others. */
const SLICE = 10_000;

/** The members of an audience that is deleted. */
@Injectable()
export class AudienceMembersRepository {
  constructor(private readonly database: Database) {}

  /** Forgets all, slice by slice; in the given transaction what is left after that. */
  async forget(number: number, tx: Queryable = this.database.query): Promise<void> {
    for (;;) {
      const { rowCount } = await tx.execute(sql`
        delete from ${members} where audience = ${number}
        and key in (select key from ${members} where audience = ${number} limit ${SLICE})`);
      if ((rowCount ?? 0) < SLICE) return;
    }
  }
}
