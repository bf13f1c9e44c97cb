import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createApp } from '../app.setup.js';
import type { SessionDetailDto } from '../sessions/dto/session.dto.js';
import { type Sandbox, SIMULATOR_IDS, startSandbox } from '../sandbox/sandbox.js';
import { freePort } from '../storage/postgres/free-port.js';
import { madeUpUsers } from './made-up-users.js';
import { ProgressBar } from './progress-bar.js';
import { report } from './report.js';

const USERS = 10_000;
const BATCHES = 4;
const POLL_MS = 100;

/** A platform may have many accounts, each a tag; one call reaches all of them. */
const SECOND_TAG = { FACEBOOK__EU__ACCESS_TOKEN: 'sandbox-token-eu', FACEBOOK__EU__AD_ACCOUNT_ID: '9876543210' };

/**
 * The main job on this machine alone: the service on its own PostgreSQL, the sandbox as the platforms, one audience of 10,000
 * made-up users in four batches. Stays up to be looked at; with `once` it ends.
 */
export async function runDemo({ once }: { once: boolean }): Promise<void> {
  print('Starting the sandbox and the service (the first start creates a database in ./data/demo) ...');
  const sandbox = await startSandbox();
  const app = await createApp({ env: await demoEnvironment(sandbox) });
  await app.listen(Number(await preferredPort()), '127.0.0.1');
  const origin = await app.getUrl();
  try {
    const session = await upload(origin);
    print(report(session, origin));
    if (once) return await stop(app, sandbox);
  } catch (error) {
    await stop(app, sandbox);
    throw error;
  }
  print('\nThe service stays up. Ctrl-C ends it.');
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void stop(app, sandbox));
}

let port: number | undefined;
/** 3000 where it is free, so that the printed links are the usual ones. */
async function preferredPort(): Promise<number> {
  port ??= await freePort(Number(process.env.PORT ?? 3000));
  return port;
}

/** The settings of the demo: everything from here, nothing from the caller's environment. */
async function demoEnvironment(sandbox: Sandbox): Promise<Record<string, string>> {
  return {
    PORT: String(await preferredPort()),
    DATA_DIR: join('data', 'demo'),
    LOG_LEVEL: 'error',
    ...SECOND_TAG,
    ...(Object.assign({}, ...SIMULATOR_IDS.map((id) => sandbox[id].environment)) as Record<string, string>),
  };
}

async function upload(origin: string): Promise<SessionDetailDto> {
  const sessionId = Date.now();
  const users = madeUpUsers(USERS, sessionId);
  const bar = new ProgressBar(USERS);
  let location = '';
  for (let sequence = 1; sequence <= BATCHES; sequence++) {
    const slice = users.slice(((sequence - 1) * USERS) / BATCHES, (sequence * USERS) / BATCHES);
    const batch = { sessionId, sequence, totalBatches: BATCHES, totalUsers: USERS };
    location = await post(`${origin}/audience`, {
      name: 'Demo customers',
      batch: JSON.stringify(batch),
      users: JSON.stringify(slice),
    });
    bar.stored(slice.length);
  }
  return follow(origin + location, bar);
}

async function post(url: string, parts: Record<string, string>): Promise<string> {
  const body = new FormData();
  for (const [name, value] of Object.entries(parts)) body.set(name, value);
  const answer = await fetch(url, { method: 'POST', body });
  if (!answer.ok) throw new Error(`POST /audience answered ${answer.status}: ${await answer.text()}`);
  return answer.headers.get('location') ?? '';
}

async function follow(url: string, bar: ProgressBar): Promise<SessionDetailDto> {
  for (;;) {
    const session = (await (await fetch(url)).json()) as SessionDetailDto;
    const open = session.tags.reduce((sum, tag) => sum + tag.pending, 0);
    const all = session.tags.reduce((sum, tag) => sum + tag.received, 0);
    bar.delivered(all === 0 ? 0 : ((all - open) / all) * USERS);
    if (session.state.startsWith('completed')) {
      bar.stop();
      return session;
    }
    await sleep(POLL_MS);
  }
}

async function stop(app: INestApplication, sandbox: Sandbox): Promise<void> {
  await app.close();
  await sandbox.stop();
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
