import type { Rejection } from '../../providers/contract/audience-provider.js';
import type { IdentifierField } from '../../providers/contract/rejection-vocabulary.js';

/**
 * Pure: the rejections of a prepared batch in which some users only keep the place of a row that was left out when it came.
 * Platforms see users without anything; what was wrong is said instead.
 *
 * @param leftOut such users, and the field that was wrong; empty: the row as a whole
 */
export function withLeftOut(
  rejections: readonly Rejection[],
  leftOut: readonly (readonly [user: number, field: string])[],
): readonly Rejection[] {
  if (leftOut.length === 0) return rejections;
  const users = new Set(leftOut.map(([user]) => user));
  const reason = 'invalid-format' as const;
  return [
    ...rejections.filter(({ user }) => !users.has(user)),
    ...[...users].map((user) => ({ user, reason })),
    ...leftOut
      .filter(([, field]) => field !== '')
      .map(([user, field]) => ({ user, field: field as IdentifierField, reason })),
  ];
}
