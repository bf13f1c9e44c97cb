import { Injectable } from '@nestjs/common';
import { HealthIndicatorService } from '@nestjs/terminus';
import { sql } from 'drizzle-orm';
import { Database } from '../storage/database.js';

/** Whether the database answers. */
@Injectable()
export class StorageHealth {
  constructor(
    private readonly indicator: HealthIndicatorService,
    private readonly database: Database,
  ) {}

  async check() {
    const check = this.indicator.check('database');
    try {
      await this.database.query.execute(sql`select 1`);
      return check.up();
    } catch {
      return check.down({ message: 'The database does not answer' });
    }
  }
}
