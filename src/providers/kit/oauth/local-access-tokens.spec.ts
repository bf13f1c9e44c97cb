import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { CredentialsRejectedError, PlatformUnavailableError } from '../../contract/provider-errors.js';
import type { FreshToken } from './access-tokens.js';
import { LocalAccessTokens } from './local-access-tokens.js';

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

describe('LocalAccessTokens', () => {
  let tokens: LocalAccessTokens;
  /** The refreshes so far, each to be ended by hand. */
  let refreshes: {
    readonly signal: AbortSignal;
    give(token: string, lifeMs?: number): void;
    fail(error: Error): void;
  }[];

  beforeEach(() => {
    tokens = new LocalAccessTokens();
    refreshes = [];
  });

  const refresh = (signal: AbortSignal) =>
    new Promise<FreshToken>((resolve, reject) => {
      const give = (token: string, lifeMs = HOUR) => resolve({ token, expiresAt: new Date(Date.now() + lifeMs) });
      refreshes.push({ signal, give, fail: reject });
      signal.addEventListener('abort', () => reject(new Error('stopped')));
    });

  const get = (rejected?: string, signal = new AbortController().signal, key = 'made/1') =>
    tokens.get(key, refresh, { rejected, signal });

  async function getAndGive(token: string, lifeMs?: number, rejected?: string): Promise<string> {
    const got = get(rejected);
    refreshes.at(-1)!.give(token, lifeMs);
    return got;
  }

  it('gets one token for all who ask meanwhile, and for all who ask later', async () => {
    const asked = [get(), get(), get()];
    refreshes[0]!.give('one');
    expect(await Promise.all(asked)).toEqual(['one', 'one', 'one']);
    expect(await get()).toBe('one');
    expect(refreshes).toHaveLength(1);
  });

  it('keeps the tokens of two keys apart', async () => {
    const asked = [get(), get(undefined, undefined, 'made/2')];
    refreshes[1]!.give('two');
    refreshes[0]!.give('one');
    expect(await Promise.all(asked)).toEqual(['one', 'two']);
  });

  it('gets another one when less than a minute is left, and not before', async () => {
    expect(await getAndGive('short', 59 * SECOND)).toBe('short');
    expect(await getAndGive('long', 90 * SECOND)).toBe('long');
    expect(await get()).toBe('long');
    expect(refreshes).toHaveLength(2);
  });

  it('gets another one for the token that was refused, once, and never hands that out again', async () => {
    await getAndGive('one');
    const asked = [get('one'), get('one'), get()];
    refreshes[1]!.give('two');
    expect(await Promise.all(asked)).toEqual(['two', 'two', 'two']);
    // An answer that took long: the token it was refused with is not the one in use any more.
    expect(await get('one')).toBe('two');
    expect(refreshes).toHaveLength(2);
  });

  it('does not give a refused token to one who waits for a refresh that began before', async () => {
    const [unknowing, refused] = [get(), get('one')];
    refreshes[0]!.give('one');
    expect(await unknowing).toBe('one');
    await turn();
    refreshes[1]!.give('two');
    expect(await refused).toBe('two');
    expect(await get()).toBe('two');
  });

  it('does not ask without end when the platform gives the refused token again', async () => {
    await getAndGive('one');
    const error = await getAndGive('one', HOUR, 'one').catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(CredentialsRejectedError);
    expect((error as Error).message).not.toContain('one ');
    expect(refreshes).toHaveLength(2);
  });

  it('tells an error to all who wait for it, and tries again for the next', async () => {
    const asked = [get(), get()];
    const error = new CredentialsRejectedError('no');
    refreshes[0]!.fail(error);
    expect(await Promise.allSettled(asked)).toEqual([
      { status: 'rejected', reason: error },
      { status: 'rejected', reason: error },
    ]);
    expect(await getAndGive('one')).toBe('one');
  });

  it('lets one stop waiting without ending what others wait for', async () => {
    const stop = new AbortController();
    const [stopped, other] = [get(undefined, stop.signal), get()];
    stop.abort();
    const error = await stopped.catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(PlatformUnavailableError);
    expect(refreshes[0]!.signal.aborted).toBe(false);
    refreshes[0]!.give('one');
    expect(await other).toBe('one');
  });

  it('ends a refresh that nobody waits for any more, and begins another for the next', async () => {
    const stops = [new AbortController(), new AbortController()];
    const asked = stops.map(({ signal }) => get(undefined, signal));
    stops.forEach((stop) => stop.abort());
    const next = get();
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(refreshes.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    refreshes[1]!.give('two');
    expect([await next, await get()]).toEqual(['two', 'two']);
  });

  it('begins nothing for one who has stopped before', async () => {
    await expect(get(undefined, AbortSignal.abort())).rejects.toThrow('the call was stopped');
    expect(refreshes).toEqual([]);
  });

  it('gives a known token even then', async () => {
    await getAndGive('one');
    await expect(get(undefined, AbortSignal.abort())).resolves.toBe('one');
  });
});
