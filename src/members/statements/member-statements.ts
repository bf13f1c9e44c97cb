import { setImmediate } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import type { Queryable } from '../../storage/database.js';
import { binaryArray } from './binary-arrays.js';
import type { MemberDigests } from '../member-digests.js';

/** Which members: those of one custom audience, as one session brings them. */
export interface MemberScope {
  /** `custom_audiences.number`. */
  readonly audience: number;
  /** `sessions.number`: later sessions have larger ones. */
  readonly session: number;
}

/** A member as it is stored. */
export interface MemberRow {
  readonly digests: MemberDigests;
  readonly record: Buffer;
}

/** Places of members, as they were given. */
export interface MemberStates {
  readonly missing: readonly number[];
  /** There with another content. */
  readonly changed: readonly number[];
  /** Just as they are, but brought by older sessions only than the one asked for. */
  readonly stale: readonly number[];
  /** Just as they are. */
  readonly same: readonly number[];
}

const STATES = { m: 'missing', c: 'changed', o: 'stale', s: 'same' } as const satisfies Record<
  string,
  keyof MemberStates
>;

/**
 * What the audience has of these. Locks nothing. Lateral, with a limit: one look into one partition for each, which `byIndex`
 * makes a look into its index. In the order of keys it is faster by a fifth.
 *
 * @param since a session's number: who was last brought before it is stale
 */
export async function look(
  tx: Queryable,
  audience: number,
  given: readonly MemberDigests[],
  since: SQL = sql`0`,
): Promise<MemberStates> {
  // One letter for each: 10,000 rows would cost the driver as much as the look itself.
  const { rows } = await tx.execute<{ states: string | null }>(sql`
    select string_agg(case when known.content is null then 'm' when known.content <> given.content then 'c'
      when known.seen < ${since} then 'o' else 's' end, '' order by given.place) as states
    from unnest(${keysOf(given)}, ${contentsOf(given)}) with ordinality as given (key, content, place)
      left join lateral (
        select content, seen from members where audience = ${audience} and key = given.key limit 1) as known on true`);
  const states = { missing: [], changed: [], stale: [], same: [] } as Record<keyof MemberStates, number[]>;
  [...(rows[0]?.states ?? '')].forEach((letter, place) => states[STATES[letter as keyof typeof STATES]].push(place));
  return states;
}

/** Notes for those who are there that the session has brought them, unless it or a later one did. By place; within `byIndex`. */
export async function mark(
  tx: Queryable,
  { audience, session }: MemberScope,
  given: readonly MemberDigests[],
): Promise<Pick<MemberStates, 'changed' | 'same'>> {
  const { rows } = await tx.execute<{ changed: number[]; same: number[] }>(sql`
    with marked as (
      update members as known set seen = ${session}
      from unnest(${repeated(audience, given.length)}, ${keysOf(given)}, ${contentsOf(given)})
        with ordinality as given (audience, key, content, place)
      where known.audience = given.audience and known.key = given.key and known.seen < ${session}
      returning (given.place - 1)::int as place, known.content = given.content as same)
    select coalesce(array_agg(place) filter (where not same), '{}') as changed,
      coalesce(array_agg(place) filter (where same), '{}') as same from marked`);
  return rows[0]!;
}

/**
 * In parts: while PostgreSQL stores one, the next is made, and whoever else waits for this thread has its turn.
 *
 * @returns how many were not in the audience; the others are left as they are
 */
export async function insert(
  tx: Queryable,
  scope: MemberScope,
  parts: Iterable<readonly MemberRow[]>,
): Promise<number> {
  let added = 0;
  let running = Promise.resolve(0);
  for (const part of parts) {
    const statement = sql`${insertion(scope, part)} on conflict (audience, key) do nothing`;
    added += await running;
    // A statement is sent when somebody waits for it, and as far as the connection takes it at once.
    running = tx.execute(statement).then(({ rowCount }) => rowCount ?? 0);
    await Promise.race([running, setImmediate()]);
  }
  return added + (await running);
}

/** Not an update: that would miss a member whom another upload takes in or out at this moment. */
export async function upsert(tx: Queryable, scope: MemberScope, members: readonly MemberRow[]): Promise<void> {
  await tx.execute(sql`
    ${insertion(scope, members)} on conflict (audience, key) do update
    set content = excluded.content, email = excluded.email, phone = excluded.phone, edge_tag_id = excluded.edge_tag_id,
      record = excluded.record, seen = greatest(known.seen, excluded.seen)
    where known.content <> excluded.content or known.seen < excluded.seen`);
}

/** Within `byIndex`. @returns how many were in the audience */
export async function take(tx: Queryable, audience: number, keys: readonly string[]): Promise<number> {
  const { rowCount } = await tx.execute(sql`
    delete from members as known
    using unnest(${repeated(audience, keys.length)}, ${binaryArray(keys)}) as given (audience, key)
    where known.audience = given.audience and known.key = given.key`);
  return rowCount ?? 0;
}

function insertion({ audience, session }: MemberScope, members: readonly MemberRow[]): SQL {
  const column = (name: keyof MemberDigests) => binaryArray(members.map(({ digests }) => digests[name]));
  return sql`
    insert into members as known (audience, key, content, email, phone, edge_tag_id, record, seen)
    select ${audience}::int, given.*, ${session}::bigint
    from unnest(${column('key')}, ${column('content')}, ${column('email')}, ${column('phone')}, ${column('edgeTagId')},
      ${binaryArray(members.map(({ record }) => record))}) as given`;
}

const keysOf = (given: readonly MemberDigests[]) => binaryArray(given.map(({ key }) => key));
const contentsOf = (given: readonly MemberDigests[]) => binaryArray(given.map(({ content }) => content));
/** One value for each of `count`, as an array. */
const repeated = (value: number, count: number) => sql`array_fill(${value}::int, array[${count}::int])`;
