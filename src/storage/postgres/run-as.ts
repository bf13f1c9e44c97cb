import { spawn } from 'node:child_process';

/** An account of this machine that a program runs as. */
export interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

export interface Outcome {
  readonly ok: boolean;
  /** Everything the program said, or the code of the error that kept it from starting. */
  readonly output: string;
}

/**
 * Runs a program to its end, as another user when root asks for it.
 * It gets an environment of its own: ours holds secrets, and `PG*` variables would change what PostgreSQL does. It runs in
 * its own session, so that Ctrl-C in the terminal reaches the service alone, and in `/`, which every user may enter.
 */
export function runAs(user: SystemUser | undefined, program: string, args: readonly string[]): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...user,
      cwd: '/',
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: `${process.env.PATH ?? ''}:/usr/sbin:/usr/bin:/sbin:/bin`, LC_ALL: 'C' },
    });
    let output = '';
    const collect = (text: Buffer) => (output += text.toString());
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.once('error', (error: NodeJS.ErrnoException) => resolve({ ok: false, output: error.code ?? error.message }));
    child.once('close', (code) => resolve({ ok: code === 0, output: output.trim() }));
  });
}
