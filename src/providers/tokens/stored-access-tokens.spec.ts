import { randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import { give, reply, tokenOfCall, TokenServer } from '../../../test/support/token-server.js';
import { startTokenUser, type TokenUser } from '../../../test/support/token-user.js';
import { eventually } from '../../../test/support/upload.js';
import { CredentialsRejectedError, PlatformUnavailableError, type ProviderError } from '../contract/provider-errors.js';

const KEY = randomBytes(32).toString('base64');

/** Applications of their own, each as a process is, on one database and one platform. */
describe('StoredAccessTokens', () => {
  let database: TestDatabase;
  let server: TokenServer;
  let users: TokenUser[];

  beforeEach(async () => {
    users = [];
    server = await TokenServer.start();
    database = await createTestDatabase();
  });

  afterEach(async () => {
    await Promise.all(users.map((user) => user.stop()));
    await server.stop();
    await database.drop();
  });

  async function start(encryptionKey = KEY): Promise<TokenUser> {
    const user = await startTokenUser(database.url, encryptionKey, server.url);
    users.push(user);
    return user;
  }
  const startTwo = async (): Promise<[TokenUser, TokenUser]> => [await start(), await start()];

  /** Lets the platform wait with its answers: `answers` gives those that are due. */
  function holdAnswers(): { due: ServerResponse[]; release(): void } {
    const due: ServerResponse[] = [];
    server.answer = (response) => due.push(response);
    const release = () => {
      server.answer = (response, call) => give(response, call);
      due.splice(0).forEach((response) => give(response, server.calls.length));
    };
    return { due, release };
  }

  /** Until the platform has been asked so often. */
  const untilAsked = (times: number) =>
    eventually(
      () => Promise.resolve(server.calls.length),
      (calls) => calls === times,
    );

  /** Until the user has looked at the row several times: it waits for somebody else's refresh. */
  async function untilLooking(user: TokenUser): Promise<void> {
    let statements = 0;
    const count = () => (statements += 1);
    user.database.pool.on('acquire', count);
    await eventually(
      () => Promise.resolve(statements),
      (seen) => seen >= 3,
    );
    user.database.pool.off('acquire', count);
  }

  const row = async () => (await database.query('select * from access_tokens'))[0]!;

  it('asks the platform once, however many ask at the same time', async () => {
    const platform = holdAnswers();
    const [one, other] = await startTwo();
    const asked = [one, other, one, other].map((user) => user.token());
    await untilAsked(1);
    await Promise.race([untilLooking(one), untilLooking(other)]);
    platform.release();
    expect(await Promise.all(asked)).toEqual(Array(4).fill(tokenOfCall(1)));
    expect(await (await start()).token()).toBe(tokenOfCall(1));
    expect(server.calls).toHaveLength(1);
  });

  it('asks once for a token that several were refused with, and never hands it out again', async () => {
    const [one, other] = await startTwo();
    const refused = await one.token();
    expect(await other.token()).toBe(refused);

    const asked = [one, other, other, one].map((user) => user.token({ rejected: refused }));
    expect(await Promise.all(asked)).toEqual(Array(4).fill(tokenOfCall(2)));
    // A call that was refused late, and one that knows nothing.
    expect(await one.token({ rejected: refused })).toBe(tokenOfCall(2));
    expect(await (await start()).token()).toBe(tokenOfCall(2));
    expect(server.calls).toHaveLength(2);
  });

  it('hands out a refused token to nobody while it is refreshed, nor after that has failed', async () => {
    const [one, other] = await startTwo();
    const refused = await one.token();
    server.answer = (response) => reply(response, 503, '');
    await expect(one.token({ rejected: refused })).rejects.toBeInstanceOf(PlatformUnavailableError);
    await expect(other.token()).rejects.toBeInstanceOf(PlatformUnavailableError);
    expect(await row()).toMatchObject({ token: null, expires_at: null, lock_owner: null, locked_until: null });
  });

  it('counts a token as expired when less than a minute is left, whoever has got it', async () => {
    server.answer = (response, call) => give(response, call, call === 1 ? 59 : 3_600);
    const [one, other] = await startTwo();
    expect(await one.token()).toBe(tokenOfCall(1));
    expect(await other.token()).toBe(tokenOfCall(2));
    expect(await one.token()).toBe(tokenOfCall(2));
    expect(server.calls).toHaveLength(2);
  });

  it('keeps a token as long as the platform says', async () => {
    await (await start()).token();
    const [{ seconds }] = (await database.query(
      'select extract(epoch from expires_at - now())::int as seconds from access_tokens',
    )) as [{ seconds: number }];
    expect(seconds).toBeGreaterThan(3_500);
    expect(seconds).toBeLessThanOrEqual(3_600);
  });

  it('leaves a refresh that failed to the next, at once', async () => {
    const platform = holdAnswers();
    const [one, other] = await startTwo();
    const failing = one.token();
    await untilAsked(1);
    const waiting = other.token();
    await untilLooking(other);
    reply(platform.due.splice(0)[0]!, 400, { error: 'invalid_grant', error_description: 'hush-refresh is expired' });
    const error = (await failing.catch((thrown: ProviderError) => thrown)) as ProviderError;
    expect(error).toBeInstanceOf(CredentialsRejectedError);
    await untilAsked(2);
    platform.release();
    expect(await waiting).toBe(tokenOfCall(2));

    const told = JSON.stringify(error, Object.getOwnPropertyNames(error)) + [...one.log, ...other.log].join('\n');
    expect(told).toContain('invalid_grant');
    expect(told).not.toMatch(/hush|made-token/);
  });

  it('renews the lease while the platform takes its time', async () => {
    const platform = holdAnswers();
    const asked = (await start()).token();
    await untilAsked(1);
    const until = async () => (await row()).locked_until as Date;
    const first = await until();
    await eventually(until, (renewed) => renewed > first);
    platform.release();
    expect(await asked).toBe(tokenOfCall(1));
    expect(await row()).toMatchObject({ lock_owner: null, locked_until: null });
  });

  it('stops waiting when told to, without ending the refresh of another', async () => {
    const platform = holdAnswers();
    const [one, other] = await startTwo();
    const refreshing = one.token();
    await untilAsked(1);
    const stop = new AbortController();
    const waiting = other.token({ signal: stop.signal });
    await untilLooking(other);
    stop.abort();
    await expect(waiting).rejects.toBeInstanceOf(PlatformUnavailableError);
    platform.release();
    expect(await refreshing).toBe(tokenOfCall(1));
    expect(server.calls).toHaveLength(1);
  });

  it('ends the refresh that nobody waits for, and frees its lease', async () => {
    const platform = holdAnswers();
    const [one, other] = await startTwo();
    const stop = new AbortController();
    const given = one.token({ signal: stop.signal });
    await untilAsked(1);
    const hungUp = new Promise((closed) => platform.due[0]!.on('close', closed));
    stop.abort();
    await expect(given).rejects.toThrow('the call was stopped');
    await hungUp;
    platform.due.splice(0);
    await eventually(row, ({ lock_owner }) => lock_owner === null);
    platform.release();
    expect(await other.token()).toBe(tokenOfCall(2));
  });

  it('stores no token that can be read', async () => {
    const user = await start();
    const token = await user.token();
    const stored = (await row()).token as Buffer;
    expect(stored.length).toBeGreaterThan(token.length);
    expect(stored.includes(token)).toBe(false);
  });

  it('gets anew what was sealed with another key, or for another account', async () => {
    await (await start()).token();
    const stranger = await start(randomBytes(32).toString('base64'));
    expect(await stranger.token()).toBe(tokenOfCall(2));
    expect(stranger.log.join('\n')).toContain('cannot be opened');

    await database.query(`update access_tokens set key = 'made/2'`);
    expect(await stranger.token({ key: 'made/2' })).toBe(tokenOfCall(3));
    expect(server.calls).toHaveLength(3);
    expect(users.flatMap(({ log }) => log).join('\n')).not.toMatch(/hush|made-token/);
  });

  it('does not ask without end when the platform gives the refused token again', async () => {
    server.answer = (response) => give(response, 1);
    const user = await start();
    const refused = await user.token();
    await expect(user.token({ rejected: refused })).rejects.toBeInstanceOf(CredentialsRejectedError);
    expect(server.calls).toHaveLength(2);
    expect(await row()).toMatchObject({ token: null, lock_owner: null });
  });
});
