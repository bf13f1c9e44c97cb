import { expect } from '@jest/globals';
import { goodParts, type PostOptions, postRaw, type RawAnswer, rawForm } from './raw-form.js';
import type { TestDatabase } from './test-database.js';

/** Where garbage is thrown at. */
export interface GarbageTarget {
  readonly origin: string;
  readonly database: TestDatabase;
}

/** How the service refuses: as a problem of this status, naming this field where there is one. */
export interface Refusal {
  readonly status: number;
  readonly field?: string;
}

/** Posts garbage, and expects a clear refusal that stores nothing and repeats nothing. */
export async function expectRefused(
  { origin, database }: GarbageTarget,
  body: Buffer,
  { status, field }: Refusal,
  options: PostOptions = {},
): Promise<RawAnswer> {
  const before = await storedRows(database);
  const answer = await postRaw(origin, body, options);
  expect({ status: answer.status, type: answer.headers.get('content-type') }).toEqual({
    status,
    type: expect.stringMatching(/^application\/problem\+json/),
  });
  expect(answer.body).toMatchObject({ success: false, status, detail: expect.stringMatching(/\w{3}/) });
  const named = answer.body.errors?.map((mistake) => mistake.field);
  expect(named).toEqual(field === undefined ? undefined : [field]);
  expect(await storedRows(database)).toEqual(before);
  return answer;
}

/** Posts what only looks like garbage: it is taken, and stored once. */
export async function expectTaken(
  { origin, database }: GarbageTarget,
  body: Buffer,
  options: PostOptions = {},
): Promise<void> {
  const before = await storedRows(database);
  const answer = await postRaw(origin, body, options);
  expect([answer.status, answer.body]).toEqual([200, { success: true }]);
  expect(await storedRows(database)).toEqual({ sessions: before.sessions + 1, batches: before.batches + 1 });
}

/** The service goes on: a good call is taken as if nothing had been. */
export async function expectGoingOn(target: GarbageTarget): Promise<void> {
  await expectTaken(target, rawForm(goodParts()));
}

/** What is stored of calls that were taken. */
export async function storedRows(database: TestDatabase): Promise<{ sessions: number; batches: number }> {
  const counts = '(select count(*)::int from sessions) as sessions, (select count(*)::int from batches) as batches';
  const [row] = await database.query(`select ${counts}`);
  return row as { sessions: number; batches: number };
}
