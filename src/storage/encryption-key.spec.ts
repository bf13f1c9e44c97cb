import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { encryptionKeyFor } from './encryption-key.js';

describe('encryptionKeyFor', () => {
  let dataDir: string;

  beforeEach(async () => {
    dataDir = join(await mkdtemp(join(tmpdir(), 'encryption-key-')), 'data');
  });

  afterEach(() => rm(join(dataDir, '..'), { recursive: true, force: true }));

  it('takes the configured key and writes nothing', async () => {
    const encryptionKey = Buffer.alloc(32, 1);
    expect(await encryptionKeyFor({ encryptionKey, dataDir })).toBe(encryptionKey);
    await expect(stat(dataDir)).rejects.toThrow('ENOENT');
  });

  it('makes a key once, which only its owner may read', async () => {
    const key = await encryptionKeyFor({ dataDir });
    expect(key).toHaveLength(32);
    expect((await encryptionKeyFor({ dataDir })).equals(key)).toBe(true);
    expect((await stat(join(dataDir, 'encryption.key'))).mode & 0o777).toBe(0o600);
    expect(await readFile(join(dataDir, 'encryption.key'), 'utf8')).toBe(`${key.toString('base64')}\n`);
  });

  it('gives all of several that start at once the same key, and leaves no draft', async () => {
    const keys = await Promise.all(Array.from({ length: 20 }, () => encryptionKeyFor({ dataDir })));
    expect(new Set(keys.map((key) => key.toString('hex'))).size).toBe(1);
    expect(await readdir(dataDir)).toEqual(['encryption.key']);
  });

  it('refuses to start without a key on a shared database', async () => {
    const start = encryptionKeyFor({ dataDir, databaseUrl: 'postgres://localhost/audience' });
    await expect(start).rejects.toThrow(/^ENCRYPTION_KEY is required/);
  });

  it('refuses a damaged key file instead of making another key', async () => {
    await encryptionKeyFor({ dataDir });
    await writeFile(join(dataDir, 'encryption.key'), 'c2hvcnQ=\n');
    await expect(encryptionKeyFor({ dataDir })).rejects.toThrow(/does not hold a key of 32 bytes/);
    expect(await readFile(join(dataDir, 'encryption.key'), 'utf8')).toBe('c2hvcnQ=\n');
  });
});
