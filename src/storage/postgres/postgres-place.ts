import { hash } from 'node:crypto';
import { readFile, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ensureSystemDir } from './postgres-binaries.js';
import { isRoot, unprivilegedUser } from './postgres-user.js';
import { runAs, type SystemUser } from './run-as.js';

/** Where the database of one DATA_DIR is, and who runs it. */
export interface PostgresPlace {
  /** Holds the cluster (`data`) and its password. */
  readonly folder: string;
  /** Absent: we run it ourselves. */
  readonly user?: SystemUser;
  /** Writes down, after the first creation, that the database is outside DATA_DIR. Absent when it is inside. */
  remember?(): Promise<void>;
}

/**
 * Chooses the place. A plain user's database is always in DATA_DIR. Root's runs as another user, who may be unable to
 * enter DATA_DIR (below a home folder of mode 0700, say): then it is in `systemDir`, and a file in DATA_DIR says where.
 */
export async function placeFor(
  dataDir: string,
  systemDir: string,
  log: (sentence: string) => void,
): Promise<PostgresPlace> {
  const local = join(dataDir, 'postgres');
  const pointer = join(dataDir, 'postgres.location');
  const pointed = (await readFile(pointer, 'utf8').catch(() => '')).trim();
  if (pointed) return pointedPlace(pointed, pointer, systemDir);
  const owner = await ownerOf(local);
  if (!isRoot()) {
    if (owner && owner.uid !== process.getuid?.()) {
      throw new Error(`The database in ${local} belongs to another user: run the service as root or as that user.`);
    }
    return { folder: local };
  }
  const user = owner ?? (await unprivilegedUser());
  if (await canEnter(user, dataDir)) return { folder: local, user };
  if (owner) throw new Error(`The owner of the database in ${local} cannot enter that folder any more; open the path.`);
  await ensureSystemDir(systemDir);
  const digest = hash('sha256', await realpath(dataDir));
  const folder = join(systemDir, digest.slice(0, 16));
  log(`PostgreSQL's user cannot enter ${dataDir}: the database is kept in ${folder}.`);
  const remember = () => writeFile(pointer, `${folder}\n`, { mode: 0o600 });
  return { folder, user: (await ownerOf(folder)) ?? user, remember };
}

async function pointedPlace(folder: string, pointer: string, systemDir: string): Promise<PostgresPlace> {
  if (!isRoot()) throw new Error(`The database was created by root (see ${pointer}): run the service as root.`);
  const owner = dirname(folder) === systemDir ? await ownerOf(folder) : undefined;
  if (owner) return { folder, user: owner };
  // Creating an empty one instead would look like the loss of everything that was accepted.
  throw new Error(
    `The database that ${pointer} names is not there: bring it back, or remove that file to start empty.`,
  );
}

/** The server insists on running as the owner of its files, whoever created them. */
async function ownerOf(folder: string): Promise<SystemUser | undefined> {
  try {
    const { uid, gid } = await stat(join(folder, 'data'));
    return { uid, gid };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function canEnter(user: SystemUser, folder: string): Promise<boolean> {
  return (await runAs(user, '/bin/sh', ['-c', 'cd "$1"', 'sh', folder])).ok;
}
