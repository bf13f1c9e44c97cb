/**
 * `node database-reaper.ts <folder>`: waits for the end of its input, which comes when the test run ends, by kill -9 too.
 * Then stops the database server below the folder and removes the folder. Imports nothing of ours: Node runs it as it is.
 */
import { once } from 'node:events';
import { globSync, readFileSync, rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const GIVE_UP_MS = 10_000;

const folder = process.argv[2];
if (!folder) throw new Error('Usage: database-reaper.ts <folder>');

await once(process.stdin.resume(), 'end');
for (const file of globSync(`${folder}/**/postmaster.pid`)) {
  const pid = Number(readFileSync(file, 'utf8').split('\n')[0]);
  // SIGINT asks PostgreSQL for a fast shutdown, SIGQUIT for an immediate one.
  if (await ended(pid, 'SIGINT')) continue;
  await ended(pid, 'SIGQUIT');
}
rmSync(folder, { recursive: true, force: true, maxRetries: 5 });

async function ended(pid: number, signal: NodeJS.Signals): Promise<boolean> {
  if (isServer(pid)) process.kill(pid, signal);
  for (const deadline = Date.now() + GIVE_UP_MS; Date.now() < deadline; await delay(20)) {
    if (!isServer(pid)) return true;
  }
  return false;
}

/** Nothing but our server is ever signalled. Without /proc (macOS) the file's word has to do. */
function isServer(pid: number): boolean {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(folder!);
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
