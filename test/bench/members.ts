/**
 * `npm run bench:members [-- --members=10000000] [-- --json]`: the members store alone, on a database of its own with durability
 * on. Fills one audience in slices of 10,000, then does with it what mirrors, removals and refreshes do.
 */
import { randomBytes } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { madeUpUsers } from '../../src/demo/made-up-users.js';
import { MemberCipher } from '../../src/members/member-cipher.js';
import { bytesOf } from '../../src/members/member-digests.js';
import { MembersFinder } from '../../src/members/members-finder.js';
import { MembersStore } from '../../src/members/members-store.js';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { toAudienceUsers } from '../../src/providers/contract/read-users.js';
import { Database } from '../../src/storage/database.js';
import { PayloadCipher } from '../../src/storage/payload-cipher.js';

const SLICE = 10_000;
/** Slices at the start, and at the end, whose times are compared. */
const SAMPLE = 10;
const TURNS = 5;
const AUDIENCE = 1;

const members = Number(/--members=(\d+)/.exec(process.argv.join(' '))?.[1] ?? 1_000_000);
const slices = Math.ceil(members / SLICE);

const folder = await mkdtemp(join(tmpdir(), 'audience-members-'));
// As root the server runs as another user, who has to pass through.
await chmod(folder, 0o755);
const database = await Database.open({ dataDir: folder });
try {
  await measure();
} finally {
  await database.close();
  await rm(folder, { recursive: true, force: true });
}

/** What one piece of work took, in milliseconds: on the clock, and of the processor of this process. */
interface Cost {
  readonly wall: number;
  readonly cpu: number;
}

/** The users of one slice, always the same. */
function usersOf(slice: number) {
  return toAudienceUsers(madeUpUsers(SLICE, slice + 1).map((user) => ({ ...user, edgeTagId: edgeOf(slice, user) })));
}

function edgeOf(slice: number, { edgeTagId }: Record<string, unknown>): string {
  return `${slice}-${String(edgeTagId)}`;
}

async function measure(): Promise<void> {
  const cipher = new MemberCipher(new PayloadCipher(randomBytes(32)));
  const store = new MembersStore({ keepsMembers: true } as never, database, cipher);
  const finder = new MembersFinder(database, cipher);
  const put = (slice: number, session: number, changes: AudienceUser = {}) => {
    const given = store.given(usersOf(slice).map((user) => ({ ...user, ...changes })));
    return timed(() => database.transaction((tx) => store.put(tx, { audience: AUDIENCE, session }, given)));
  };
  const middle = Math.floor(slices / 2);

  const filling: Cost[] = [];
  for (let slice = 0; slice < slices; slice++) filling.push(await put(slice, 1));
  // What PostgreSQL does by itself sooner or later.
  await database.query.execute('analyze members');
  const size = await sizeOf();
  const fresh = await turns((turn) => put(slices + turn, 1));
  const again = await turns((turn) => put(middle - turn, 2));
  const changed = await turns((turn) => put(middle - turn, 2, { postalCode: '10001' }));
  const digested = await turns((turn) => {
    const users = usersOf(turn);
    return timed(() => Promise.resolve(store.given(users)));
  });
  const brought = await turns((turn) => {
    const given = store.given(usersOf(turn));
    return timed(() => store.bring({ audience: AUDIENCE, session: 2 }, given));
  });
  const checked = await turns((turn) => {
    const given = store.given(usersOf(turn));
    return timed(() => database.transaction((tx) => store.unchanged(tx, AUDIENCE, given)));
  });
  const [known] = usersOf(middle);
  const byOther = await turns(() => timed(() => finder.find(AUDIENCE, [cipher.digests({ email: known!.email })])));
  const read = await timed(async () => {
    for await (const slice of store.slices(AUDIENCE)) if (slice.length === 0) throw new Error('An empty slice');
  });
  const leavers = await timed(async () => {
    for await (const slice of store.slices(AUDIENCE, 1)) throw new Error(`${slice.length} members left`);
  });
  const removed = await turns(async (turn) => {
    const keys = usersOf(turn).map((user) => bytesOf(cipher.digests(user).key));
    return timed(() => database.transaction((tx) => store.remove(tx, AUDIENCE, keys)));
  });
  const count = slices * SLICE;
  report(
    [
      ['put, 10,000 new, the first slices', filling.slice(1, 1 + SAMPLE)],
      ['put, 10,000 new, the last slices', filling.slice(-SAMPLE)],
      ['put, 10,000 new, after the fill', fresh],
      ['put, 10,000 that are there, by a later append', again],
      ['put, 10,000 that are there, but changed', changed],
      ['digests of 10,000', digested],
      ['compare and mark 10,000 for a mirror', brought],
      ['record 10,000 unchanged of a mirror', checked],
      ['find one by another identifier', byOther],
      ['look for leavers where nobody left', [leavers]],
      ['remove 10,000', removed],
      ['read all', [read]],
    ],
    size / count,
  );
}

async function sizeOf(): Promise<number> {
  const { rows } = await database.query.execute<{ bytes: number }>(`
    select sum(pg_total_relation_size(inhrelid))::float8 as bytes from pg_inherits where inhparent = 'members'::regclass`);
  return rows[0]!.bytes;
}

async function turns(work: (turn: number) => Promise<Cost>): Promise<Cost[]> {
  const times: Cost[] = [];
  for (let turn = 0; turn < TURNS; turn++) times.push(await work(turn));
  return times;
}

async function timed(work: () => Promise<unknown>): Promise<Cost> {
  const startedAt = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: performance.now() - startedAt, cpu: (user + system) / 1_000 };
}

function median(times: readonly number[]): number {
  return [...times].sort((one, other) => one - other)[Math.floor(times.length / 2)]!;
}

/** The fastest is what the machine can do, the median what it did beside whatever else it had to do. */
function report(figures: readonly (readonly [what: string, costs: readonly Cost[]])[], bytesPerMember: number): void {
  const machine = `${cpus().length} x ${cpus()[0]?.model ?? 'unknown'}, Node ${process.versions.node}`;
  const rows = figures.map(([what, costs]) => {
    const walls = costs.map(({ wall }) => wall);
    return { what, best: Math.min(...walls), median: median(walls), cpu: median(costs.map(({ cpu }) => cpu)) };
  });
  if (process.argv.includes('--json')) {
    return console.log(JSON.stringify({ machine, members: slices * SLICE, bytesPerMember, rows }));
  }
  console.log(`${machine}; ${slices * SLICE} members of ${bytesPerMember.toFixed(0)} bytes, indexes included\n`);
  for (const row of rows) {
    const [best, half, cpu] = [row.best, row.median, row.cpu].map((time) => time.toFixed(0).padStart(6));
    console.log(`${row.what.padEnd(48)} ${best} ms, median ${half} ms, CPU of this process ${cpu} ms`);
  }
}
