import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { Logger } from 'nestjs-pino';
import { setTimeout as delay } from 'node:timers/promises';
import { createApp } from './app.setup.js';
import { safeStack } from './common/safe-stack.js';
import { AppConfig, type Role } from './config/config.js';
import { readEnvironment } from './config/environment.js';
import { ConfigError, loadConfig } from './config/load-config.js';
import { WorkerSide } from './process/worker-side.js';
import { WorkerThread } from './process/worker-thread.js';
import { PLATFORMS } from './providers/platforms.js';
import { Database } from './storage/database.js';
import { encryptionKeyFor } from './storage/encryption-key.js';

type Environment = Readonly<Record<string, string>>;

/** How long a process whose worker thread broke takes to let go of its callers and of its database. */
const LONGEST_GOODBYE_MS = 10_000;

/** Starts the service; a mistake in the configuration ends it with one line per mistake. */
export async function start(): Promise<void> {
  let app: INestApplication | undefined;
  try {
    const env = await readEnvironment();
    const { role } = loadConfig(
      env,
      PLATFORMS.map(({ settings }) => settings),
    );
    // It loads its code while the database opens.
    const thread = role === 'all' ? new WorkerThread() : undefined;
    app = await createApp({ env: thread ? as('api', env) : env });
    if (thread) await startThread(thread, app, env);
    // A signal that came meanwhile is at ending the process.
    if (!thread?.wasStopped) await listen(app, role);
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.problems.join('\n') : describe(error)}\n`);
    // Also ends the embedded database, which would outlive this process.
    await app?.close().catch(() => undefined);
    process.exit(1);
  }
}

async function listen(app: INestApplication, role: Role): Promise<void> {
  const { host, port, unknownVariables } = app.get(AppConfig);
  for (const variable of unknownVariables) app.get(Logger).warn(`${variable} is not known here: is it mistyped?`);
  await app.listen(port, host);
  app.get(Logger).log(`Audience API (${role}) at ${await app.getUrl()}, Swagger UI at ${await app.getUrl()}/docs`);
}

/** The api answers and the worker computes: each with an event loop of its own, neither holds up the other. */
async function startThread(thread: WorkerThread, app: INestApplication, env: Environment): Promise<void> {
  app.get(WorkerSide).attach(thread);
  const key = await encryptionKeyFor(app.get(AppConfig));
  // The embedded database is started by this thread alone, and the other comes to it as to any database.
  const database = { DATABASE_URL: app.get(Database).url, ENCRYPTION_KEY: key.toString('base64') };
  await thread.start({ ...as('worker', env), ...database });
  void thread.ended.then((error) => {
    if (!thread.wasStopped) void endWithout(app, error);
  });
}

/** As an uncaught error in the main thread would: whoever supervises the process starts it again. Nothing durable is lost. */
async function endWithout(app: INestApplication, error: Error | undefined): Promise<void> {
  const reason = error ? safeStack(error) : 'no error';
  app.get(Logger).fatal(`The thread that delivers ended by itself, so the process ends: ${reason}`);
  await Promise.race([app.close().catch(() => undefined), delay(LONGEST_GOODBYE_MS)]);
  process.exit(1);
}

function as(role: Role, env: Environment): Environment {
  return { ...env, ROLE: role };
}

function describe(error: unknown): string {
  return error instanceof Error ? `Audience API did not start: ${error.message}` : 'Audience API did not start';
}
