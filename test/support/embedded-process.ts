import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const ROOT = join(import.meta.dirname, '..', '..');

/** Says the URL when the server is up, and stops it at the end of its input. */
const PROGRAM = `
  import { EmbeddedPostgres } from './src/storage/embedded-postgres.ts';
  const server = await EmbeddedPostgres.start(process.argv[1]);
  console.log(server.url);
  process.stdin.resume().once('end', () => server.stop());
`;

/** A process of its own that uses the embedded PostgreSQL, for tests that kill one or need two. */
export class EmbeddedProcess {
  private constructor(
    readonly url: string,
    private readonly child: ChildProcess,
  ) {}

  static async start(dataDir: string): Promise<EmbeddedProcess> {
    const hook = join(ROOT, 'test', 'support', 'typescript-hook.ts');
    const args = ['--no-warnings', '--import', hook, '--input-type=module', '--eval', PROGRAM, dataDir];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit').then(() => {
      throw new Error('The process ended before its database was up.');
    });
    const [url] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
    ended.catch(() => undefined);
    return new EmbeddedProcess(url, child);
  }

  /** Ends it in order. */
  async stop(): Promise<void> {
    await this.end(() => this.child.stdin?.end());
  }

  /** `kill -9`: nothing is finished. */
  async kill(): Promise<void> {
    await this.end(() => this.child.kill('SIGKILL'));
  }

  private async end(how: () => void): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    how();
    await exited;
  }
}
