import type { INestApplication } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import { createApp } from '../../src/app.setup.js';
import { type Sandbox, type SandboxOptions, type SimulatorId, startSandbox } from '../../src/sandbox/sandbox.js';
import { createTestDatabase, type TestDatabase } from './test-database.js';

/** The service in this process, on a database and a sandbox of its own: nothing in between is replaced. */
export interface TestService {
  readonly origin: string;
  readonly app: INestApplication;
  readonly sandbox: Sandbox;
  readonly database: TestDatabase;
  /** What a process on the same database and sandbox needs. */
  readonly env: Record<string, string>;
  stop(): Promise<void>;
}

/** A test service without the service. */
export type TestGround = Omit<TestService, 'app' | 'origin'>;

/** Starts everything, with one tag on each platform; `env` adds to the environment, or takes out what is `undefined`. */
export async function startService(
  env: Record<string, string | undefined> = {},
  sandboxOptions: SandboxOptions = {},
  platforms: readonly SimulatorId[] = ['facebook'],
): Promise<TestService> {
  const ground = await startGround(env, sandboxOptions, platforms);
  try {
    const app = await createApp({ env: ground.env });
    await app.listen(0, '127.0.0.1');
    const stop = async () => {
      await app.close();
      await ground.stop();
    };
    return { ...ground, app, origin: await app.getUrl(), stop };
  } catch (error) {
    // A sandbox left running would keep the test run from ending.
    await ground.stop();
    throw error;
  }
}

/** A database and a sandbox without a service, for tests that start the service in processes of its own. */
export async function startGround(
  env: Record<string, string | undefined> = {},
  sandboxOptions: SandboxOptions = {},
  platforms: readonly SimulatorId[] = ['facebook'],
): Promise<TestGround> {
  const database = await createTestDatabase();
  const sandbox = await startSandbox(sandboxOptions);
  const all: Record<string, string | undefined> = {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    LOG_LEVEL: 'silent',
    RATE_LIMIT_PER_MINUTE: '100000',
    // Asking would use up faults that are meant for others; specs of custom audiences set a pace.
    STATUS_POLL_SECONDS: '0',
    ...(Object.assign({}, ...platforms.map((id) => sandbox[id].environment)) as Record<string, string>),
    ...env,
  };
  const set = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const stop = async () => {
    await sandbox.stop();
    await database.drop();
  };
  return { database, sandbox, env: Object.fromEntries(set), stop };
}

/** Ada and Grace: two users that every platform can match. */
export const TWO_USERS = [
  { email: 'ada@example.com', phone: '+12025550143', edgeTagId: 'edge-1' },
  { email: 'grace@example.com' },
] as const;

/** As many users as a test needs, each with an address of its own. */
export function manyUsers(count: number, prefix = 'user'): { email: string }[] {
  return Array.from({ length: count }, (_, index) => ({ email: `${prefix}-${index}@example.com` }));
}
