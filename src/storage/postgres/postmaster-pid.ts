import { chown, readFile, realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { runAs } from './run-as.js';

/** A server that runs on a data directory. `port` is missing in its first moments. */
export interface RunningServer {
  readonly pid: number;
  readonly port?: number;
}

/** Lines of postmaster.pid: https://www.postgresql.org/docs/18/storage-file-layout.html */
const PID_LINE = 0;
const PORT_LINE = 3;

/** The server that runs on this data directory right now, whoever started it. */
export async function runningServer(data: string): Promise<RunningServer | undefined> {
  const lines = await pidFileLines(data);
  const pid = Number(lines?.[PID_LINE]);
  if (!Number.isSafeInteger(pid) || pid <= 1 || !(await isServerOn(pid, data))) return undefined;
  return { pid, port: Number(lines?.[PORT_LINE]) || undefined };
}

/**
 * Keeps the pid file of a dead server from stopping the next one. PostgreSQL refuses to start when the number in it belongs
 * to any living program, which is common after a restart of a container. The file is not removed, because PostgreSQL reads
 * from it which shared memory must no longer be in use; with the number of pg_ctl's parent, ours, it goes ahead.
 */
export async function defusePidFile(data: string): Promise<void> {
  const lines = await pidFileLines(data);
  if (!lines) return;
  const path = join(data, 'postmaster.pid');
  // PostgreSQL refuses an empty file as well, which a crash of the machine may leave.
  if (!(Number(lines[PID_LINE]) > 0)) return rm(path);
  const { uid, gid } = await stat(path);
  const draft = `${path}.draft`;
  await writeFile(draft, [process.pid, ...lines.slice(1)].join('\n'), { mode: 0o600 });
  await chown(draft, uid, gid);
  await rename(draft, path);
}

async function pidFileLines(data: string): Promise<string[] | undefined> {
  try {
    return (await readFile(join(data, 'postmaster.pid'), 'utf8')).split('\n');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/** A living pid proves nothing: it may have gone to another program. */
async function isServerOn(pid: number, data: string): Promise<boolean> {
  const args = await commandLine(pid);
  const folder = args[args.indexOf('-D') + 1];
  if (basename(args[0] ?? '') !== 'postgres' || folder === undefined) return false;
  return (await realpath(folder).catch(() => '')) === (await realpath(data));
}

async function commandLine(pid: number): Promise<string[]> {
  if (process.platform === 'linux') {
    return (await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')).split('\0');
  }
  const { ok, output } = await runAs(undefined, 'ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
  // `ps` joins the arguments with spaces, which a path may hold too: take the path up to the next option.
  const parts = /^(.*?\/postgres) -D (.*?)(?: -\w .*)?$/s.exec(ok ? output : '');
  return parts ? [parts[1] ?? '', '-D', parts[2] ?? ''] : [];
}
