import { hash } from 'node:crypto';
import { madeUpUsers } from '../../src/demo/made-up-users.js';
import { median, timed } from './figures.js';

/** Users of one batch, everywhere in this bench. */
export const BATCH_USERS = 10_000;

/** 10,000 made-up users as JSON, some 261 bytes each; the same for the same seed, and other people for another. */
export function usersBytes(seed: number): Buffer {
  return Buffer.from(JSON.stringify(madeUpUsers(BATCH_USERS, seed)));
}

/** F6, what nobody can avoid: `JSON.parse` of the bytes, then six digests per user of the values as they are. */
export function f6(bytes: Buffer): number {
  const users = JSON.parse(bytes.toString()) as Record<string, string | undefined>[];
  let length = 0;
  for (const user of users) {
    for (const field of ['email', 'phone', 'lastName', 'firstName', 'postalCode', 'country']) {
      length += hash('sha256', user[field] ?? '').length;
    }
  }
  return length;
}

/** ms of F6: the middle one of three, so that code and memory are as warm as where work follows on work. */
export async function f6Ms(bytes: Buffer): Promise<number> {
  const taken = [];
  for (let time = 0; time < 3; time++) taken.push(await timed(() => f6(bytes)));
  return median(taken);
}
