import { randomBytes } from 'node:crypto';
import { link, mkdir, open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AppConfig } from '../config/config.js';

const KEY_BYTES = 32;

/** `@Inject(ENCRYPTION_KEY) key: Buffer`: for who makes a `PayloadCipher` in another thread. */
export const ENCRYPTION_KEY = Symbol('ENCRYPTION_KEY');

/** The key of payloads at rest: `ENCRYPTION_KEY`, or with the embedded database one that is made once in DATA_DIR. */
export async function encryptionKeyFor(
  config: Pick<AppConfig, 'encryptionKey' | 'databaseUrl' | 'dataDir'>,
): Promise<Buffer> {
  if (config.encryptionKey) return config.encryptionKey;
  if (config.databaseUrl) {
    // All machines on one database need one key, so none of them may make its own.
    throw new Error(
      'ENCRYPTION_KEY is required when DATABASE_URL is set: 32 bytes in base64, the same on every machine.',
    );
  }
  const file = join(config.dataDir, 'encryption.key');
  const key = Buffer.from((await readKey(file)) ?? (await makeKey(config.dataDir, file)), 'base64');
  if (key.length !== KEY_BYTES) throw new Error(`${file} does not hold a key of ${KEY_BYTES} bytes; restore it.`);
  return key;
}

async function readKey(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
}

/** The file appears whole or not at all, and the first of several processes decides. */
async function makeKey(folder: string, file: string): Promise<string> {
  await mkdir(folder, { recursive: true });
  const draft = `${file}.${randomBytes(4).toString('hex')}.draft`;
  const handle = await open(draft, 'wx', 0o600);
  try {
    await handle.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`);
    await handle.sync();
    await link(draft, file).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  } finally {
    await handle.close();
    await rm(draft, { force: true });
  }
  return readFile(file, 'utf8');
}
