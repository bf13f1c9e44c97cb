import { integerOf, isRecord } from '../kit/answer-values.js';
import { notUnderstood } from './api/linkedin.errors.js';
import type { LinkedInRow } from './linkedin.normaliser.js';

/** https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users */
export const MOST_USERS = 5_000;

/** Nothing in it has to be escaped. */
const PLAIN_TEXT = /^[^"\\\p{Cc}\p{Cs}]*$/u;

/** Each address once: what two elements of one address do to each other is not documented. The later names count. */
export function uniqueRows(rows: readonly LinkedInRow[]): readonly LinkedInRow[] {
  const byEmail = new Map(rows.map((row) => [row.email, row]));
  return byEmail.size === rows.length ? rows : [...byEmail.values()];
}

/** The body of `/users`. Written by hand: objects for `JSON.stringify` would cost more than the digests themselves. */
export function usersBody(rows: readonly LinkedInRow[]): Buffer {
  let elements = '';
  for (const { email, firstName, lastName, country } of rows) {
    elements += `${elements === '' ? '' : ','}{"action":"ADD","userIds":[{"idType":"SHA256_EMAIL","idValue":"${email}"}]`;
    if (firstName !== '') elements += `,"firstName":${quoted(firstName)}`;
    if (lastName !== '') elements += `,"lastName":${quoted(lastName)}`;
    elements += country === '' ? '}' : `,"country":"${country}"}`;
  }
  return Buffer.from(`{"elements":[${elements}]}`);
}

/** The status of each element, in the order in which they were sent. */
export function elementStatuses(body: unknown, count: number): readonly number[] {
  const { elements } = isRecord(body) ? body : {};
  if (!Array.isArray(elements) || elements.length !== count) throw notUnderstood('not one outcome for each user');
  return elements.map((element: unknown) => {
    const { status, error } = isRecord(element) ? element : {};
    const found = integerOf(status) ?? integerOf(isRecord(error) ? error['status'] : undefined);
    if (found === undefined) throw notUnderstood('a user without an outcome');
    return found;
  });
}

function quoted(text: string): string {
  return PLAIN_TEXT.test(text) ? `"${text}"` : JSON.stringify(text);
}
