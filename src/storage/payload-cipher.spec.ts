import { randomBytes } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { PayloadCipher, PayloadError } from './payload-cipher.js';

const KEY = Buffer.alloc(32, 7);
const BATCH = '0197c3a4-0000-7000-8000-000000000001';
const OTHER_BATCH = '0197c3a4-0000-7000-8000-000000000002';
const PLAIN = Buffer.from(JSON.stringify(Array.from({ length: 500 }, (_, i) => ({ email: `ann.${i}@example.com` }))));

describe('PayloadCipher', () => {
  const cipher = new PayloadCipher(KEY);

  it('opens what it sealed, an empty payload and a large one included', async () => {
    for (const plain of [PLAIN, Buffer.alloc(0), randomBytes(3_000_000)]) {
      expect((await cipher.open(await cipher.seal(plain, BATCH), BATCH)).equals(plain)).toBe(true);
    }
  });

  it('seals small, unreadable, and never the same way twice', async () => {
    const [first, second] = [await cipher.seal(PLAIN, BATCH), await cipher.seal(PLAIN, BATCH)];
    expect(first.length).toBeLessThan(PLAIN.length / 3);
    expect(first.includes('ann')).toBe(false);
    expect(first.equals(second)).toBe(false);
  });

  it('opens in another process with the same key', async () => {
    const sealed = await cipher.seal(PLAIN, BATCH);
    expect((await new PayloadCipher(Buffer.from(KEY)).open(sealed, BATCH)).equals(PLAIN)).toBe(true);
  });

  it('does not open for another batch', async () => {
    const sealed = await cipher.seal(PLAIN, BATCH);
    await expect(cipher.open(sealed, OTHER_BATCH)).rejects.toThrow(PayloadError);
  });

  it('does not open when any byte was changed', async () => {
    const sealed = await cipher.seal(Buffer.from('ann@example.com'), BATCH);
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed[at]! ^= 1;
      await expect(cipher.open(changed, BATCH)).rejects.toThrow(PayloadError);
    }
  });

  it('does not open when cut off, at any length', async () => {
    const sealed = await cipher.seal(Buffer.from('ann@example.com'), BATCH);
    for (let length = 0; length < sealed.length; length++) {
      await expect(cipher.open(sealed.subarray(0, length), BATCH)).rejects.toThrow(PayloadError);
    }
  });

  it('names ENCRYPTION_KEY when the key is another one', async () => {
    const sealed = await new PayloadCipher(Buffer.alloc(32, 8)).seal(PLAIN, BATCH);
    await expect(cipher.open(sealed, BATCH)).rejects.toThrow(/ENCRYPTION_KEY/);
  });

  it('lets the event loop run while it compresses', async () => {
    let turns = 0;
    const timer = setInterval(() => turns++, 0);
    await cipher.seal(randomBytes(20_000_000), BATCH);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(0);
  });

  it('makes fingerprints that depend on the key, the content and where a part ends', () => {
    const fingerprint = cipher.fingerprint([Buffer.from('ab'), Buffer.from('c')]);
    expect(fingerprint).toHaveLength(32);
    expect(cipher.fingerprint([Buffer.from('ab'), Buffer.from('c')]).equals(fingerprint)).toBe(true);
    expect(cipher.fingerprint([Buffer.from('a'), Buffer.from('bc')]).equals(fingerprint)).toBe(false);
    expect(cipher.fingerprint([Buffer.from('abc')]).equals(fingerprint)).toBe(false);
    const otherKey = new PayloadCipher(Buffer.alloc(32, 8));
    expect(otherKey.fingerprint([Buffer.from('ab'), Buffer.from('c')]).equals(fingerprint)).toBe(false);
  });
});
