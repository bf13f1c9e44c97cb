import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import type { SimulatorId } from '../../src/sandbox/sandbox.js';
import { EmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { freePort } from '../../src/storage/postgres/free-port.js';
import { BenchSandbox, type Place } from './bench-sandbox.js';
import { BenchService } from './bench-service.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const TYPESCRIPT = join(ROOT, 'test/support/typescript-hook.ts');
const LOOP_WATCH = join(import.meta.dirname, 'loop-watch.ts');

/** What is measured, and what that needs: PostgreSQL with durability on, platforms, and services in processes of their own. */
export class Ground {
  private readonly ends: (() => Promise<unknown>)[] = [];
  private server?: Promise<string>;
  private databases = 0;

  /** An empty database on the embedded PostgreSQL. */
  async database(): Promise<string> {
    this.server ??= this.startServer();
    const url = new URL(await this.server);
    const client = new Client({ connectionString: url.href });
    await client.connect();
    const name = `bench_${(this.databases += 1)}`;
    await client.query(`create database ${name}`);
    await client.end();
    url.pathname = `/${name}`;
    return url.href;
  }

  async sandbox(): Promise<BenchSandbox> {
    const child = this.host('sandbox-host.ts');
    return new BenchSandbox(JSON.parse(await firstLine(child)) as Record<SimulatorId, Place>);
  }

  /** @returns the origin of the bare server that a batch has to pass at least */
  async floor(): Promise<string> {
    return `http://127.0.0.1:${await firstLine(this.host('floor-host.ts'))}`;
  }

  /** @returns the origin of a Facebook that takes users without looking at them */
  async sink(sandbox: BenchSandbox): Promise<string> {
    return `http://127.0.0.1:${await firstLine(this.host('sink-host.ts', sandbox.origin('facebook')))}`;
  }

  /** What the services of one database have in common. */
  async deployment(tags: Readonly<Record<string, string>>): Promise<Record<string, string>> {
    const key = randomBytes(32).toString('base64');
    const quiet = { STATUS_POLL_SECONDS: '0', RATE_LIMIT_PER_MINUTE: '1000000', LOG_LEVEL: 'info' };
    return { DATABASE_URL: await this.database(), ENCRYPTION_KEY: key, ...quiet, ...tags };
  }

  /** Starts a service and waits until it is ready. */
  async service(deployment: Readonly<Record<string, string>>, role = 'all'): Promise<BenchService> {
    const port = await freePort(0);
    const env = { ...deployment, ROLE: role, HOST: '127.0.0.1', PORT: String(port) };
    // As `npm run start:prod` does.
    const child = spawn(process.execPath, ['--max-semi-space-size=16', MAIN], {
      cwd: dirname(MAIN),
      env: { PATH: process.env.PATH, NODE_OPTIONS: `--no-warnings --import ${LOOP_WATCH}`, ...env },
    });
    child.stdout.resume();
    const service = new BenchService(`http://127.0.0.1:${port}`, child);
    this.ends.push(() => service.stop());
    for (;;) {
      if (child.exitCode !== null) throw new Error(`The service ended with ${child.exitCode}`);
      const answer = await fetch(`${service.origin}/health/ready`).catch(() => undefined);
      if (answer?.ok) return service;
      await new Promise((wait) => setTimeout(wait, 50));
    }
  }

  /** Ends everything, the last one first. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end();
  }

  private host(program: string, ...more: string[]): ChildProcess {
    const args = [
      '--no-warnings',
      '--max-old-space-size=8192',
      '--import',
      TYPESCRIPT,
      join(import.meta.dirname, program),
      ...more,
    ];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    this.ends.push(async () => {
      const ended = once(child, 'exit');
      child.stdin.end();
      if (child.exitCode === null) await ended;
    });
    return child;
  }

  private async startServer(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), 'audience-bench-'));
    // As root the server runs as another user, who has to pass through.
    await chmod(folder, 0o755);
    const server = await EmbeddedPostgres.start(folder);
    this.ends.unshift(async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true });
    });
    return server.url;
  }
}

async function firstLine(child: ChildProcess): Promise<string> {
  const ended = once(child, 'exit').then(() => {
    throw new Error('A helper of the bench ended before it was up');
  });
  const [line] = (await Promise.race([once(createInterface(child.stdout!), 'line'), ended])) as [string];
  ended.catch(() => undefined);
  return line;
}
