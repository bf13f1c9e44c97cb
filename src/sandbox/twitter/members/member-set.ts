import { type MemberView } from '../../simulator.js';

/** The identifiers of one user as they were sent: key and value in one text, `email:4798…`, in the order of their arrival. */
export type UserIdentifiers = readonly string[];

interface Member {
  times: number;
  expiresAt: number;
}

/** The members of one list: people, each known by the identifiers of a user object, so repeats only renew their expiry. */
export class MemberSet {
  private readonly members = new Map<string, Member>();
  private nextExpiry = Infinity;
  private received = 0;

  /** @param matchRate share of the people that the platform knows */
  constructor(private readonly matchRate: number) {}

  get size(): number {
    return this.members.size;
  }

  /** Users added in all, repeats included. */
  get rowsReceived(): number {
    return this.received;
  }

  /** Members that the platform knows. */
  get matched(): number {
    let matched = 0;
    for (const key of this.members.keys()) if (isKnown(key, this.matchRate)) matched += 1;
    return matched;
  }

  add(users: readonly UserIdentifiers[], expiresAt: number): void {
    this.received += users.length;
    this.nextExpiry = Math.min(this.nextExpiry, expiresAt);
    for (const user of users) {
      const key = user.join(' ');
      const times = (this.members.get(key)?.times ?? 0) + 1;
      this.members.set(key, { times, expiresAt });
    }
  }

  /** Takes out everybody who was added with any of the identifiers. Who is not there is no mistake. */
  remove(users: readonly UserIdentifiers[]): void {
    const named = new Set(users.flat());
    for (const key of this.members.keys()) {
      if (key.split(' ').some((identifier) => named.has(identifier))) this.members.delete(key);
    }
  }

  /** Lets those go whose time is up. */
  expire(now: number): void {
    if (now < this.nextExpiry) return;
    this.nextExpiry = Infinity;
    for (const [key, { expiresAt }] of this.members) {
      if (expiresAt <= now) this.members.delete(key);
      else this.nextExpiry = Math.min(this.nextExpiry, expiresAt);
    }
  }

  /** Members in the order of their first arrival. */
  list(offset: number, limit: number): MemberView[] {
    const shown = [...this.members].slice(offset, offset + limit);
    return shown.map(([key, { times }]) => ({ columns: columnsOf(key), timesReceived: times }));
  }
}

/** The identifiers by their keys; several of one key become a list. */
function columnsOf(key: string): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const identifier of key.split(' ')) {
    const colon = identifier.indexOf(':');
    const name = identifier.slice(0, colon);
    const value = decodeURIComponent(identifier.slice(colon + 1));
    const before = columns[name];
    columns[name] = before === undefined ? value : [before, value].flat();
  }
  return columns;
}

/** The same person is always known or never: FNV-1a of the identifiers against the rate. */
function isKnown(key: string, rate: number): boolean {
  let hash = 0x811c9dc5;
  for (let at = 0; at < key.length; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 0x1_0000_0000 < rate;
}
