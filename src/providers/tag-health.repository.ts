import { Injectable } from '@nestjs/common';
import { Database } from '../storage/database.js';
import { tagBudgets, tagHealth } from '../storage/tag-schema.js';

export type TagHealthRow = typeof tagHealth.$inferSelect;
export type BudgetRow = typeof tagBudgets.$inferSelect;

/** What the last calls of each tag ended with, and which budgets are blocked, over all processes. */
@Injectable()
export class TagHealthRepository {
  constructor(private readonly database: Database) {}

  async all(): Promise<{ readonly health: readonly TagHealthRow[]; readonly budgets: readonly BudgetRow[] }> {
    const health = await this.database.query.select().from(tagHealth);
    return { health, budgets: await this.database.query.select().from(tagBudgets) };
  }
}
