import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { type Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { freePort } from '../../src/storage/postgres/free-port.js';
import { get } from './upload.js';

const MAIN = resolve(import.meta.dirname, '../../dist/main.js');
const START_MS = 60_000;

/** A process that came to its end by itself. */
export interface EndedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built service in a process of its own, for tests that kill it or need two. */
export class ServiceProcess {
  /** Resolves when it has come to its end, in whatever way, and all it printed has been read. */
  readonly ended: Promise<void>;

  private constructor(
    readonly origin: string,
    private readonly child: ChildProcess,
    private readonly output: string[],
  ) {
    this.ended = once(child, 'close').then(() => undefined);
  }

  /** Starts it and waits until it is ready. The environment is exactly the given one. */
  static async start(env: Record<string, string>): Promise<ServiceProcess> {
    const service = await ServiceProcess.launch(env);
    await service.ready();
    return service;
  }

  /** Starts it and waits for nothing. */
  static async launch(env: Record<string, string>): Promise<ServiceProcess> {
    const port = await freePort(0);
    const child = launch({ HOST: '127.0.0.1', PORT: String(port), LOG_LEVEL: 'info', ...env });
    const output: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (text: Buffer) => output.push(text.toString()));
    return new ServiceProcess(`http://127.0.0.1:${port}`, child, output);
  }

  /** Starts it with an environment that it has to refuse, and waits for its end. */
  static async refused(env: Record<string, string>): Promise<EndedProcess> {
    const child = launch(env);
    const end = setTimeout(() => child.kill('SIGKILL'), START_MS);
    const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
    clearTimeout(end);
    return { code: child.exitCode, stdout, stderr };
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** Everything it printed so far. */
  get log(): string {
    return this.output.join('');
  }

  /** Bytes of memory that it holds, as Linux counts them. */
  memory(): Promise<number> {
    return this.statusBytes('VmRSS');
  }

  /** Most bytes that it held since it began, or since {@link forgetPeakMemory}. */
  peakMemory(): Promise<number> {
    return this.statusBytes('VmHWM');
  }

  async forgetPeakMemory(): Promise<void> {
    await writeFile(`/proc/${this.child.pid}/clear_refs`, '5');
  }

  /** `SIGKILL`: no handler runs, nothing is finished. */
  async kill(): Promise<void> {
    await this.end('SIGKILL');
  }

  /** `SIGTERM`: the orderly end; returns the exit code. */
  async stop(): Promise<number | null> {
    await this.end('SIGTERM');
    return this.child.exitCode;
  }

  private async statusBytes(name: string): Promise<number> {
    const status = await readFile(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1]) * 1024;
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill(signal);
    await exited;
  }

  /** Waits until it can do its work; it is killed if it takes too long. */
  async ready(withinMs = START_MS): Promise<void> {
    for (const end = Date.now() + withinMs; Date.now() < end;) {
      if (this.child.signalCode !== null) throw new Error('The service was killed before it was ready');
      if (this.child.exitCode !== null) throw new Error(`The service ended with ${this.child.exitCode}: ${this.log}`);
      const answer = await get(`${this.origin}/health/ready`).catch(() => undefined);
      if (answer?.status === 200) return;
      await new Promise((wait) => setTimeout(wait, 50));
    }
    await this.kill();
    throw new Error(`The service was not ready in time: ${this.log}`);
  }
}

/** The environment is exactly the given one, and no `.env` of the working folder adds to it. */
function launch(env: Record<string, string>): ChildProcessByStdio<null, Readable, Readable> {
  return spawn(process.execPath, [MAIN], {
    cwd: dirname(MAIN),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}
