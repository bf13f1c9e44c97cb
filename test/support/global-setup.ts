import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

declare global {
  // Jest runs set-up and tear-down in one process and offers no other way to hand something over.
  var databaseReaper: ChildProcess | undefined;
}

/**
 * Gives the run a folder for its database server. The first `createTestDatabase` starts it there, so that a run without a
 * database pays nothing; the reaper removes both when the run ends, in whatever way.
 */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'audience-api-test-'));
  // As root the server runs as another user, who has to pass through.
  await chmod(folder, 0o755);
  process.env.TEST_DATABASE_DIR = folder;
  globalThis.databaseReaper = spawn(process.execPath, [join(import.meta.dirname, 'database-reaper.ts'), folder], {
    stdio: ['pipe', 'ignore', 'inherit'],
    detached: true,
  });
}
