import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort } from '../../src/storage/postgres/free-port.js';

const DIST = resolve(import.meta.dirname, '../../dist');

/** Built programs in processes of their own, as they run in production, and the folders they write to. */
export class Programs {
  private readonly children: ChildProcess[] = [];
  private readonly folders: string[] = [];

  /** Every platform; the origin of the first, which is Facebook. The others follow port by port. */
  async sandbox(): Promise<number> {
    const port = await freePort();
    await this.start('sandbox/sandbox.cli.js', { SANDBOX_PORT: String(port) }, 'runs until');
    return port;
  }

  /** The service on a database of its own; its origin. */
  async service(tags: Record<string, string>): Promise<string> {
    const port = await freePort();
    const folder = await mkdtemp(join(tmpdir(), 'audience-bench-'));
    this.folders.push(folder);
    const env = { PORT: String(port), DATA_DIR: folder, LOG_LEVEL: 'info', RATE_LIMIT_PER_MINUTE: '1000000', ...tags };
    await this.start('main.js', env, 'Swagger UI');
    return `http://127.0.0.1:${port}`;
  }

  /** Ends all of them, the last one first. */
  async stop(): Promise<void> {
    for (const child of this.children.splice(0).reverse()) {
      const ended = once(child, 'exit');
      if (child.exitCode === null && child.kill('SIGTERM')) await ended;
    }
    for (const folder of this.folders.splice(0)) await rm(folder, { recursive: true, force: true });
  }

  /** Starts a program and waits until it has said that it is ready. */
  private async start(program: string, env: Record<string, string>, ready: string): Promise<void> {
    const child = spawn(process.execPath, [join(DIST, program)], { env: { PATH: process.env.PATH, ...env } });
    this.children.push(child);
    let output = '';
    await new Promise<void>((resolveReady, reject) => {
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (text: Buffer) => {
          if (output.length < 20_000) output += text.toString();
          if (output.includes(ready)) resolveReady();
        });
      }
      child.once('exit', () => reject(new Error(`${program} ended: ${output}`)));
    });
  }
}
