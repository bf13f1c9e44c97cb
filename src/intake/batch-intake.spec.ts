import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { BatchIntake, THREAD_FROM_BYTES } from './batch-intake.service.js';
import { type BatchTask, workOn } from './batch-task.js';

const KEY = randomBytes(32);
const TOLD = Buffer.from('["Buyers"]');
const MORE_THAN_ENOUGH = 100_000;

/** A list that goes to a thread. */
const many = (last: object = { email: 'z@example.com' }) => {
  const users = Array.from({ length: 10_000 }, (_, at) => ({ email: `ünï-${at}@example.com`, phone: '+12025550143' }));
  return Buffer.from(JSON.stringify([...users, last]));
};

describe('BatchIntake', () => {
  const cipher = new PayloadCipher(KEY);
  let intake: BatchIntake;

  beforeEach(() => {
    intake = new BatchIntake(KEY, cipher);
  });
  afterEach(() => intake.onApplicationShutdown());

  const taskOf = (bytes: Buffer, change: Partial<BatchTask> = {}): BatchTask => ({
    bytes: Uint8Array.from(bytes),
    maxUsers: MORE_THAN_ENOUGH,
    seal: { batch: 'b1', told: TOLD },
    keepBytes: true,
    ...change,
  });

  it.each([
    ['here', Buffer.from('[{"email":"ann@example.com"}]'), 1],
    ['in a thread', many(), 10_001],
  ])('seals what was stored before there were threads, and knows it again: %s', async (_, bytes, count) => {
    const result = await intake.take(taskOf(bytes));
    if (!('count' in result)) throw new Error('They were refused');
    expect(result.count).toBe(count);
    expect(Buffer.from(result.fingerprint!).equals(cipher.fingerprint([TOLD, bytes]))).toBe(true);
    expect((await cipher.open(Buffer.from(result.payload!), 'b1')).equals(bytes)).toBe(true);
  });

  it('leaves a byte order mark out of both', async () => {
    const bytes = many();
    const result = await intake.take(taskOf(Buffer.concat([Buffer.of(0xef, 0xbb, 0xbf), bytes])));
    if (!('count' in result)) throw new Error('They were refused');
    expect(Buffer.from(result.fingerprint!).equals(cipher.fingerprint([TOLD, bytes]))).toBe(true);
  });

  it.each<[string, Buffer, Partial<BatchTask>]>([
    ['a bad user', many({ email: 5, purchase: { profit: [] } }), {}],
    ['too many users', many(), { maxUsers: 10_000 }],
    ['no JSON', Buffer.concat([many(), Buffer.from(',')]), {}],
    ['no UTF-8', Buffer.concat([many(), Buffer.of(0xff)]), {}],
    ['no list', Buffer.from(JSON.stringify({ users: many().toString() })), {}],
    ['nothing', Buffer.from('\ufeff'), {}],
    ['users who are not to be sealed', many(), { seal: undefined }],
  ])('says the same in a thread as here of %s', async (_, bytes, change) => {
    const here = await workOn(taskOf(bytes, change), cipher);
    expect(bytes.length > THREAD_FROM_BYTES || 'isEmpty' in here).toBe(true);
    expect(await intake.take(taskOf(bytes, change))).toEqual(here);
  });

  it('gives the bytes of a list back only where they are wanted', async () => {
    const bytes = many({ email: 5 });
    const [kept, gone] = [await intake.take(taskOf(bytes)), await intake.take(taskOf(bytes, { keepBytes: false }))];
    expect([kept, gone]).toMatchObject([{ cause: 'rows' }, { cause: 'rows' }]);
    expect('bytes' in kept && Buffer.from(kept.bytes!).equals(bytes)).toBe(true);
    expect('bytes' in gone).toBe(false);
  });

  it('takes nothing away from who shares memory with the users', async () => {
    const bytes = many();
    const shared = Buffer.from(new ArrayBuffer(bytes.length + 8));
    bytes.copy(shared);
    await intake.take(taskOf(bytes, { bytes: shared.subarray(0, bytes.length) }));
    expect(shared.subarray(0, bytes.length).equals(bytes)).toBe(true);
    const own = new Uint8Array(bytes);
    await intake.take(taskOf(bytes, { bytes: own }));
    expect(own.byteLength).toBe(0);
  });
});
