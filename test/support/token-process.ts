import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

const ROOT = join(import.meta.dirname, '..', '..');

const PROGRAM = `
  import { startTokenUser } from './test/support/token-user.ts';
  const user = await startTokenUser(...process.argv.slice(1));
  console.log(await user.token());
  await user.stop();
`;

/** A process of its own that asks for one access token, says it and ends. */
export class TokenProcess {
  /** What it printed until its end. */
  readonly said: Promise<string>;
  private readonly child: ChildProcess;

  constructor(databaseUrl: string, encryptionKey: string, tokenUrl: string) {
    const hook = join(ROOT, 'test', 'support', 'typescript-hook.ts');
    const given = [databaseUrl, encryptionKey, tokenUrl];
    const args = ['--no-warnings', '--import', hook, '--input-type=module', '--eval', PROGRAM, ...given];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
    this.child = child;
    this.said = text(child.stdout).then((said) => said.trim());
  }

  /** `kill -9`: nothing is finished. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const exited = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exited;
  }
}
