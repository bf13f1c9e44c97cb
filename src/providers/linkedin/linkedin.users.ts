import { integerOf, isRecord } from '../kit/answer-values.js';
import { BodyWriter } from '../kit/batch/body-writer.js';
import { notUnderstood } from './api/linkedin.errors.js';
import type { LinkedInRow } from './linkedin.normaliser.js';

/** https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segment-users */
export const MOST_USERS = 5_000;

/** A digest, names and country. */
const ELEMENT_BYTES = 256;

const BEYOND_ASCII = /[^\x20-\x7e]/g;

/** Each address once: what two elements of one address do to each other is not documented. The later names count. */
export function uniqueRows(rows: readonly LinkedInRow[]): readonly LinkedInRow[] {
  if (new Set(rows.map(({ email }) => email)).size === rows.length) return rows;
  return [...new Map(rows.map((row) => [row.email, row])).values()];
}

/**
 * The body of `/users`. Written by hand, and in ASCII alone: objects for `JSON.stringify` would cost more than the digests
 * themselves.
 */
export function usersBody(rows: readonly LinkedInRow[]): Buffer {
  const quoted = quoting();
  return elementsBody(rows, ({ email, firstName, lastName, country }) => {
    let element = elementStart('ADD', email);
    if (firstName !== '') element += `,"firstName":${quoted(firstName)}`;
    if (lastName !== '') element += `,"lastName":${quoted(lastName)}`;
    return country === '' ? element : `${element},"country":"${country}"`;
  });
}

/** The body of `/users` that takes people out: their addresses alone, since that is what they are known by. */
export function removalBody(rows: readonly LinkedInRow[]): Buffer {
  return elementsBody(rows, ({ email }) => elementStart('REMOVE', email));
}

/** @param element of one row, without the bracket at its end */
function elementsBody(rows: readonly LinkedInRow[], element: (row: LinkedInRow) => string): Buffer {
  const body = new BodyWriter(rows.length * ELEMENT_BYTES + 1_024);
  body.add('{"elements":[');
  rows.forEach((row, at) => body.add(`${at === 0 ? '' : ','}${element(row)}}`));
  body.add(']}');
  return body.end();
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

function elementStart(action: 'ADD' | 'REMOVE', email: string): string {
  return `{"action":"${action}","userIds":[{"idType":"SHA256_EMAIL","idValue":"${email}"}]`;
}

/** Names as JSON, those that were met before from memory. */
function quoting(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    let json = known.get(text);
    if (json === undefined) {
      json = JSON.stringify(text).replace(
        BEYOND_ASCII,
        (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
      );
      known.set(text, json);
    }
    return json;
  };
}
