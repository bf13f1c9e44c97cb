import type {
  IdentifierField,
  Receipt,
  Rejection,
  RejectionReason,
} from '../../providers/contract/audience-provider.js';

/** All users of one field and reason: what is stored as one row. `field` is empty for the whole user. */
export interface PackedRejections {
  readonly field: IdentifierField | '';
  readonly reason: RejectionReason;
  readonly users: readonly number[];
  readonly unnamed: number;
}

/** What a platform's answer decides about the users of one chunk: each is accepted, rejected, or still pending, once. */
export interface ChunkOutcome {
  readonly accepted: number;
  readonly rejected: number;
  /** As many users as `rejected`, named or counted. */
  readonly rejections: readonly PackedRejections[];
}

/** Pure: rejections grouped by field and reason. */
export function packRejections(found: readonly Rejection[]): PackedRejections[] {
  const groups = new Map<string, PackedRejections & { users: number[] }>();
  for (const { user, field = '', reason } of found) {
    const key = `${field} ${reason}`;
    const group = groups.get(key);
    if (group) group.users.push(user);
    else groups.set(key, { field, reason, users: [user], unnamed: 0 });
  }
  return [...groups.values()];
}

/**
 * Pure: what a platform said of one chunk, row numbers turned into users. Where its numbers contradict each other nobody is
 * counted twice, and rather as rejected than as accepted. What it did not take and did not name is counted as refused.
 *
 * @param users the chunk's users, in the order of its rows
 */
export function outcomeOf(users: readonly number[], receipt: Receipt): ChunkOutcome {
  const named = namedBy(users, receipt);
  const rest = users.length - named.length;
  // What the platform decides later is neither accepted nor rejected.
  if (receipt.remoteJobId !== undefined) {
    return { accepted: 0, rejected: named.length, rejections: packRejections(named) };
  }
  const accepted = Math.max(0, Math.min(receipt.accepted, rest - (receipt.refusedUnnamed ?? 0)));
  return { accepted, rejected: users.length - accepted, rejections: pack(named, rest - accepted) };
}

/** Pure: the users of a chunk whom the platform did not name as refused. Whom it only counted may be among them. */
export function acceptedOf(users: readonly number[], receipt: Receipt): readonly number[] {
  const named = new Set(namedBy(users, receipt).map(({ user }) => user));
  return named.size === 0 ? users : users.filter((user) => !named.has(user));
}

/** Each user once, however often its row was named, and no row that the chunk does not have. */
function namedBy(users: readonly number[], { refused }: Receipt): Rejection[] {
  const byUser = new Map<number, Rejection>();
  for (const { row, reason } of refused) {
    const user = users[row];
    if (user !== undefined && !byUser.has(user)) byUser.set(user, { user, reason });
  }
  return [...byUser.values()];
}

function pack(named: readonly Rejection[], unnamed: number): PackedRejections[] {
  const groups = packRejections(named);
  if (unnamed === 0) return groups;
  const byPlatform = groups.find(({ reason }) => reason === 'refused-by-platform');
  if (!byPlatform) return [...groups, { field: '', reason: 'refused-by-platform', users: [], unnamed }];
  return groups.map((group) => (group === byPlatform ? { ...group, unnamed } : group));
}
