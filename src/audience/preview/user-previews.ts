import { hash } from 'node:crypto';
import type { Prepared, SentIdentifier } from '../../providers/contract/audience-provider.js';
import type { UserPreviewDto } from './dto/preview-answer.dto.js';

/**
 * Pure: what would be sent of the first users of a batch, without a value.
 *
 * @param count how many users
 */
export function userPreviews<Row>(
  { rows, rejections }: Prepared<Row>,
  count: number,
  identifiersOf: (row: Row) => readonly SentIdentifier[],
): UserPreviewDto[] {
  const users = Array.from({ length: count }, (_, user): UserPreviewDto => ({ user, identifiers: [], rejections: [] }));
  for (const { user, row } of rows) {
    // Rows come in the order of the users.
    if (user >= count) break;
    users[user]?.identifiers.push(...identifiersOf(row).map(withoutValue));
  }
  for (const { user, field, reason } of rejections) {
    users[user]?.rejections.push({ field: field ?? null, reason });
  }
  return users;
}

function withoutValue({ name, value, hashed }: SentIdentifier) {
  return { name, digest: hashed ? value : hash('sha256', value), hashed };
}
