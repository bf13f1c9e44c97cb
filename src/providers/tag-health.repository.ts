import { Injectable } from '@nestjs/common';
import { Database } from '../storage/database.js';
import { tagBudgets } from '../storage/schema.js';

export type TagHealthRow = typeof tagBudgets.$inferSelect;

/** What the last calls of each tag ended with, over all processes. */
@Injectable()
export class TagHealthRepository {
  constructor(private readonly database: Database) {}

  async all(): Promise<TagHealthRow[]> {
    return this.database.query.select().from(tagBudgets);
  }
}
