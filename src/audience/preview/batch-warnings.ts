import type { BatchDto } from '../dto/batch.dto.js';
import type { BatchFacts, PersonalField } from './batch-facts.js';
import { NOUNS, shareOf } from './warning-words.js';

/** From which share of addresses or numbers on it is said that they repeat an earlier user's. */
export const LEAST_REPEATED_SHARE = 0.01;

/**
 * Pure: what is odd about a batch, whatever the platform.
 *
 * @param users in this batch
 * @param mostUsers that a batch may have here
 */
export function batchWarnings(batch: BatchDto, users: number, facts: BatchFacts, mostUsers: number): string[] {
  return [...totalWarnings(batch, users, mostUsers), ...repeatWarnings(facts)];
}

/** The totals are the caller's own: nothing depends on them, but wrong ones tell of batches cut wrongly. */
function totalWarnings({ totalBatches, totalUsers }: BatchDto, users: number, mostUsers: number): string[] {
  if (totalBatches === 1) {
    return users === totalUsers ? [] : [`totalUsers says ${totalUsers}, but ${users} came in the only batch`];
  }
  const [others, left] = [totalBatches - 1, totalUsers - users];
  if (left < 0) return [`totalUsers says ${totalUsers}, but ${users} came in this batch alone`];
  if (left < others) {
    return [`totalUsers leaves ${left} for the other batches (${others}), each of which has at least one user`];
  }
  if (left > others * mostUsers) {
    return [
      `totalUsers leaves ${left} for the other batches (${others}), each of which has at most ${mostUsers} users`,
    ];
  }
  return [];
}

function repeatWarnings(facts: BatchFacts): string[] {
  return (['email', 'phone'] satisfies PersonalField[]).flatMap((field) => {
    const [repeated, given] = [facts.repeated(field), facts.count(field)];
    if (repeated === 0 || repeated / given < LEAST_REPEATED_SHARE) return [];
    return [`${shareOf(repeated, given, NOUNS[field])} are those of an earlier user (${repeated} of ${given})`];
  });
}
