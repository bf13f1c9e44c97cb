import { randomBytes } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** Six letters and digits, as lists and segments have. */
export function groupId(): string {
  return [...randomBytes(6)].map((byte) => LETTERS[byte % LETTERS.length]).join('');
}

/** A ULID, as profiles have. */
export function profileId(now: number): string {
  let time = '';
  for (let rest = now, digit = 0; digit < 10; digit += 1, rest = Math.floor(rest / 32)) {
    time = (CROCKFORD[rest % 32] ?? '') + time;
  }
  let chance = '';
  for (const byte of randomBytes(16)) chance += CROCKFORD[byte % 32] ?? '';
  return time + chance;
}

/** An opaque text, as import jobs have. */
export function jobId(account: string): string {
  return Buffer.from(`${account}:maintenance:${randomBytes(8).toString('hex')}`).toString('base64url');
}
