import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { Logger } from 'nestjs-pino';
import { createApp } from './app.setup.js';
import { AppConfig } from './config/config.js';
import { ConfigError } from './config/load-config.js';

/** Starts the service; a mistake in the configuration ends it with one line per mistake. */
export async function start(): Promise<void> {
  let app: INestApplication | undefined;
  try {
    app = await createApp();
    const { host, port, role, unknownVariables } = app.get(AppConfig);
    for (const variable of unknownVariables) app.get(Logger).warn(`${variable} is not known here: is it mistyped?`);
    await app.listen(port, host);
    app.get(Logger).log(`Audience API (${role}) at ${await app.getUrl()}, Swagger UI at ${await app.getUrl()}/docs`);
  } catch (error) {
    process.stderr.write(`${error instanceof ConfigError ? error.problems.join('\n') : describe(error)}\n`);
    // Also ends the embedded database, which would outlive this process.
    await app?.close().catch(() => undefined);
    process.exit(1);
  }
}

function describe(error: unknown): string {
  return error instanceof Error ? `Audience API did not start: ${error.message}` : 'Audience API did not start';
}
