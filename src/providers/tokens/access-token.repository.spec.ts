import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { v7 as uuid } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { Database } from '../../storage/database.js';
import { PayloadCipher } from '../../storage/payload-cipher.js';
import type { FreshToken } from '../kit/oauth/access-tokens.js';
import { AccessTokenRepository } from './access-token.repository.js';

const KEY = 'made/1';
const [ONE, OTHER] = [uuid(), uuid()];
const HOUR_MS = 3_600_000;

describe('AccessTokenRepository', () => {
  let server: TestDatabase;
  let database: Database;
  let stored: AccessTokenRepository;

  beforeAll(async () => {
    server = await createTestDatabase();
    database = await Database.open({ databaseUrl: server.url, dataDir: 'unused' });
    stored = new AccessTokenRepository(database, new PayloadCipher(Buffer.alloc(32, 7)));
  });

  afterAll(async () => {
    await database.close();
    await server.drop();
  });

  beforeEach(() => server.query('truncate access_tokens'));

  const fresh = (token: string): FreshToken => ({ token, expiresAt: new Date(Date.now() + HOUR_MS) });
  const leaseEnds = (when: string) =>
    server.query(`update access_tokens set locked_until = now() + interval '${when}'`);

  async function lease(owner: string): Promise<boolean> {
    return stored.lease(KEY, owner, await stored.find(KEY));
  }

  it('keeps a token and how long it lives', async () => {
    expect(await stored.find(KEY)).toEqual({ sealed: null, isLeased: false });
    await lease(ONE);
    await stored.record(KEY, ONE, fresh('one'));
    const found = await stored.find(KEY);
    expect(found).toMatchObject({ fresh: { token: 'one' }, isLeased: false });
    const leftMs = found.fresh!.expiresAt.getTime() - Date.now();
    expect(leftMs).toBeGreaterThan(HOUR_MS - 60_000);
    expect(leftMs).toBeLessThanOrEqual(HOUR_MS + 1_000);
  });

  it('gives the lease to one, until he releases it', async () => {
    expect(await lease(ONE)).toBe(true);
    expect(await lease(OTHER)).toBe(false);
    expect(await stored.find(KEY)).toMatchObject({ isLeased: true });
    await stored.release(KEY, OTHER);
    expect(await lease(OTHER)).toBe(false);
    await stored.release(KEY, ONE);
    expect(await lease(OTHER)).toBe(true);
  });

  it('ends a lease that nobody renews after ten seconds', async () => {
    await lease(ONE);
    const left = `select extract(epoch from locked_until - now())::float8 as seconds from access_tokens`;
    const [{ seconds }] = (await server.query(left)) as [{ seconds: number }];
    expect(seconds).toBeGreaterThan(5);
    expect(seconds).toBeLessThanOrEqual(10);
    await leaseEnds('-1 millisecond');
    expect(await lease(OTHER)).toBe(true);
  });

  it('renews only for whoever has the lease', async () => {
    await lease(ONE);
    await leaseEnds('1 hour');
    const until = async () => (await server.query('select locked_until from access_tokens'))[0]!.locked_until as Date;
    const before = await until();
    await stored.renew(KEY, OTHER);
    expect(await until()).toEqual(before);
    await stored.renew(KEY, ONE);
    expect(await until()).not.toEqual(before);
  });

  it('gives no lease for a token that was replaced since it was looked at', async () => {
    await lease(ONE);
    await stored.record(KEY, ONE, fresh('one'));
    const seen = await stored.find(KEY);
    await lease(ONE);
    await stored.record(KEY, ONE, fresh('two'));
    expect(await stored.lease(KEY, OTHER, seen)).toBe(false);
    expect(await stored.find(KEY)).toMatchObject({ fresh: { token: 'two' } });
  });

  it('records nothing for one who has lost his lease', async () => {
    await lease(ONE);
    await leaseEnds('-1 millisecond');
    await lease(OTHER);
    await stored.record(KEY, ONE, fresh('late'));
    expect(await stored.find(KEY)).toMatchObject({ sealed: null, isLeased: true });
    await stored.record(KEY, OTHER, fresh('two'));
    expect(await stored.find(KEY)).toMatchObject({ fresh: { token: 'two' }, isLeased: false });
  });
});
