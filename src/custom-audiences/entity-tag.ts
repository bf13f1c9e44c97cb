import { ProblemException } from '../common/problem.exception.js';

/** The entity tag of a version: it changes with every update by hand, and not with what the platform tells. */
export function entityTag({ version }: { readonly version: number }): string {
  return `"${version}"`;
}

/**
 * Holds `If-Match` against the record. Without the header anything goes.
 *
 * @throws {ProblemException} 412 when it names other versions only
 */
export function checkMatch(ifMatch: string | undefined, record: { readonly version: number }): void {
  if (ifMatch === undefined) return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (tags.includes('*') || tags.includes(entityTag(record))) return;
  const headers = { ETag: entityTag(record) };
  const sentence = 'The custom audience was changed since it was read; read it again';
  throw new ProblemException(412, 'stale-version', sentence, { headers });
}
