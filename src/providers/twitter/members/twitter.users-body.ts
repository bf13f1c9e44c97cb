import { BodyWriter } from '../../kit/batch/body-writer.js';
import { jsonText } from '../../kit/batch/json-text.js';
import type { TwitterRow } from '../twitter.normaliser.js';

/** X's limit for one request. */
export const MOST_OPERATIONS = 2_500;

/** X takes 5,000,000 bytes: the rest is for what stands around each operation. */
export const MOST_ROW_BYTES = 4_000_000;

const KEYS = ['email', 'phone_number', 'partner_user_id'] as const;
const DIGEST_LENGTH = 64;
/** A user with everything in it. */
const USER_BYTES = 240;

/**
 * How many users one operation holds, when this many are sent. A refusal names operations, not users: as long as there are
 * enough, each user has an operation of its own, and beyond that they share them, rather than to take more requests.
 */
export function usersPerOperation(rows: number): number {
  return Math.max(1, Math.ceil(rows / MOST_OPERATIONS));
}

/**
 * The body of a call that adds people, or renews those who are in. Written by hand, because all that changes are digests, and
 * objects for `JSON.stringify` would cost more than the digests themselves.
 * https://docs.x.com/x-ads-api/audiences/reference#custom-audience-users
 *
 * @param expiresAt when the members leave, ms since 1970
 */
export function usersBody(rows: readonly TwitterRow[], expiresAt: number): Buffer {
  return operationsBody(`{"operation_type":"Update","params":{"expires_at":"${timeText(expiresAt)}","users":[`, rows);
}

/** The body of a call that takes people out: any one identifier that a person was added with is enough. */
export function removalBody(rows: readonly TwitterRow[]): Buffer {
  return operationsBody('{"operation_type":"Delete","params":{"users":[', rows);
}

function operationsBody(head: string, rows: readonly TwitterRow[]): Buffer {
  const size = usersPerOperation(rows.length);
  const body = new BodyWriter(rows.length * USER_BYTES + Math.ceil(rows.length / size) * (head.length + 4) + 2);
  body.add('[');
  rows.forEach((row, at) => {
    const isFirst = at % size === 0;
    const before = isFirst ? `${at === 0 ? '' : ']}},'}${head}` : ',';
    body.add(before + userText(row));
  });
  body.add(rows.length === 0 ? ']' : ']}}]');
  return body.end();
}

/** Bytes of one user in a body, with the comma behind it. */
export function userBytes([email, phone, partnerUserId]: TwitterRow): number {
  let bytes = '{},'.length;
  if (email !== '') bytes += '"email":[""],'.length + DIGEST_LENGTH;
  if (phone !== '') bytes += '"phone_number":[""],'.length + DIGEST_LENGTH;
  if (partnerUserId !== '') bytes += '"partner_user_id":[],'.length + Buffer.byteLength(JSON.stringify(partnerUserId));
  // The last key has no comma.
  return bytes - 1;
}

/** What a row sends, by X's names; of these only the last is plain. */
export function sentKeys(row: TwitterRow): readonly (readonly [key: (typeof KEYS)[number], value: string])[] {
  return KEYS.flatMap((key, at) => {
    const value = row[at] ?? '';
    return value === '' ? [] : [[key, value] as const];
  });
}

/** X refuses times with milliseconds. */
export function timeText(ms: number): string {
  return new Date(ms).toISOString().replace(/\.\d{3}Z$/, 'Z');
}

function userText([email, phone, partnerUserId]: TwitterRow): string {
  if (partnerUserId === '') {
    if (phone === '') return `{"email":["${email}"]}`;
    if (email === '') return `{"phone_number":["${phone}"]}`;
    return `{"email":["${email}"],"phone_number":["${phone}"]}`;
  }
  const digests = `${email === '' ? '' : `"email":["${email}"],`}${phone === '' ? '' : `"phone_number":["${phone}"],`}`;
  return `{${digests}"partner_user_id":[${jsonText(partnerUserId)}]}`;
}
