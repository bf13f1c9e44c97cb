import { runAs, type SystemUser } from './run-as.js';

const OWN_NAME = 'audience-api';

/** Debian and Red Hat have `useradd`, Alpine's busybox has its own `adduser`. */
const WAYS_TO_CREATE: readonly (readonly (readonly [program: string, ...args: string[]])[])[] = [
  [['useradd', '--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', OWN_NAME]],
  [
    ['addgroup', '-S', OWN_NAME],
    ['adduser', '-S', '-D', '-H', '-s', '/sbin/nologin', '-G', OWN_NAME, OWN_NAME],
  ],
];

/** Whether this process is root, as whom PostgreSQL refuses to run. */
export function isRoot(): boolean {
  return process.getuid?.() === 0;
}

/** The account that root lets PostgreSQL run as: `postgres` where the system has it, else one of our own. */
export async function unprivilegedUser(): Promise<SystemUser> {
  return (await findUser('postgres')) ?? (await findUser(OWN_NAME)) ?? (await createUser());
}

async function findUser(name: string): Promise<SystemUser | undefined> {
  const [uid, gid] = await Promise.all([runAs(undefined, 'id', ['-u', name]), runAs(undefined, 'id', ['-g', name])]);
  if (!uid.ok || !gid.ok) return undefined;
  const user = { uid: Number(uid.output), gid: Number(gid.output) };
  return user.uid > 0 ? user : undefined;
}

async function createUser(): Promise<SystemUser> {
  for (const commands of WAYS_TO_CREATE) {
    for (const [program, ...args] of commands) await runAs(undefined, program, args);
    // Looked up rather than judged by the exit status: another process may have created it at the same moment.
    const user = await findUser(OWN_NAME);
    if (user) return user;
  }
  throw new Error(
    'PostgreSQL does not run as root, and no user for it could be created: ' +
      'run the service as a plain user, or add a system user named "postgres", or set DATABASE_URL.',
  );
}
