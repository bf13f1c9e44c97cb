import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { Client } from 'pg';
import type { SimulatorId } from '../../src/sandbox/sandbox.js';
import { EmbeddedPostgres } from '../../src/storage/embedded-postgres.js';
import { freePort } from '../../src/storage/postgres/free-port.js';

const ROOT = resolve(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'dist/main.js');
const TYPESCRIPT = join(ROOT, 'test/support/typescript-hook.ts');
const LOOP_WATCH = join(import.meta.dirname, 'loop-watch.ts');

interface Place {
  readonly origin: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Clock ticks that Linux counts processor time in, a second. */
const TICKS = 100;

/** Every platform, in a process of its own. */
export class BenchSandbox {
  constructor(private readonly places: Readonly<Record<SimulatorId, Place>>) {}

  /** The variables that point a service at these platforms. */
  environment(...ids: readonly SimulatorId[]): Record<string, string> {
    return Object.assign({}, ...ids.map((id) => this.places[id].environment)) as Record<string, string>;
  }

  origin(id: SimulatorId): string {
    return this.places[id].origin;
  }

  async control(id: SimulatorId, path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.origin(id)}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  }

  /** Users of all audiences of a platform. */
  async members(id: SimulatorId): Promise<number> {
    const answer = await fetch(`${this.origin(id)}/_sandbox/audiences`);
    const { audiences } = (await answer.json()) as { audiences: readonly { readonly memberCount: number }[] };
    return audiences.reduce((sum, { memberCount }) => sum + memberCount, 0);
  }
}

/** A built service in a process of its own, as it runs in production. */
export class BenchService {
  private stderr = '';

  constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
  ) {
    child.stderr!.on('data', (text: Buffer) => (this.stderr = (this.stderr + text.toString()).slice(-20_000)));
  }

  /** Processor time of all its threads so far, ms. */
  async cpuMs(): Promise<number> {
    const stat = await readFile(`/proc/${this.child.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / TICKS;
  }

  /** Bytes that it holds now, and most that it has held since {@link forgetPeak}. */
  async memory(): Promise<{ readonly now: number; readonly peak: number }> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    const bytes = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
    return { now: bytes('VmRSS'), peak: bytes('VmHWM') };
  }

  async forgetPeak(): Promise<void> {
    await writeFile(`/proc/${this.child.pid}/clear_refs`, '5');
  }

  /** How long its event loop was held up since this was asked last, ms. */
  async stalls(): Promise<{ readonly p99: number; readonly p999: number; readonly longest: number }> {
    this.stderr = '';
    this.child.kill('SIGUSR2');
    for (;;) {
      const said = /^stalls (\S+) (\S+) (\S+)$/m.exec(this.stderr);
      if (said) return { p99: Number(said[1]), p999: Number(said[2]), longest: Number(said[3]) };
      await once(this.child.stderr!, 'data');
    }
  }

  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    await ended;
  }
}

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
    const child = spawn(process.execPath, [MAIN], {
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
