import { type MemberView } from '../../simulator.js';
import { readPersonKey } from './person-key.js';

/** What a row says about a person besides who it is. */
export type Attributes = Readonly<Record<string, unknown>>;

/** One accepted row. */
export interface PersonRow {
  readonly key: string;
  readonly attributes?: Attributes;
}

/** Enough of a key for its first two identifiers, and half the work of all of it. */
const MATCHED_ON = 48;

/** Identifiers that stand for one person on their own, the strongest first. */
const STRONG = ['EXTERN_ID', 'EMAIL', 'PHONE', 'MADID', 'APPUID', 'PAGEUID'] as const;

type Strong = (typeof STRONG)[number];

/**
 * The members of one list: a set, so repeats change nothing but the count of how often a row arrived.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users
 */
export class MemberSet {
  private readonly times = new Map<string, number>();
  private readonly attributes = new Map<string, Attributes>();
  private readonly indexes = new Map<Strong, Map<string, string[]>>();
  private matchedPeople = 0;
  private received = 0;

  constructor(private readonly matchRate: number) {}

  get size(): number {
    return this.times.size;
  }

  /** Members that the platform knows. */
  get matched(): number {
    return this.matchedPeople;
  }

  /** Rows added in all, repeats included. */
  get rowsReceived(): number {
    return this.received;
  }

  add(rows: readonly PersonRow[]): void {
    // Indexes serve removals only: the next one builds them again.
    this.indexes.clear();
    this.received += rows.length;
    for (const { key, attributes } of rows) {
      const before = this.times.get(key);
      this.times.set(key, (before ?? 0) + 1);
      if (before === undefined && this.isMatched(key)) this.matchedPeople += 1;
      if (attributes !== undefined) this.attributes.set(key, attributes);
    }
  }

  /** The members that the rows mean: the same identifiers, or else the same strongest identifier of the row. */
  meantBy(rows: readonly PersonRow[]): Set<string> {
    const found = new Set<string>();
    for (const { key } of rows) {
      if (this.times.has(key)) found.add(key);
      else for (const other of this.sharing(key)) if (this.times.has(other)) found.add(other);
    }
    return found;
  }

  remove(keys: Iterable<string>): void {
    for (const key of keys) {
      if (!this.times.delete(key)) continue;
      this.attributes.delete(key);
      if (this.isMatched(key)) this.matchedPeople -= 1;
    }
  }

  /** Members in the order of their first arrival. */
  list(offset: number, limit: number): MemberView[] {
    const views: MemberView[] = [];
    let position = 0;
    for (const [key, timesReceived] of this.times) {
      if (views.length >= limit) break;
      if (position++ < offset) continue;
      views.push({ columns: { ...readPersonKey(key), ...this.attributes.get(key) }, timesReceived });
    }
    return views;
  }

  private sharing(key: string): readonly string[] {
    const columns = readPersonKey(key);
    const strongest = STRONG.find((name) => columns[name] !== undefined);
    if (strongest === undefined) return [];
    return this.indexOf(strongest).get(columns[strongest] ?? '') ?? [];
  }

  private indexOf(name: Strong): Map<string, string[]> {
    let index = this.indexes.get(name);
    if (index !== undefined) return index;
    index = new Map();
    for (const key of this.times.keys()) {
      const value = readPersonKey(key)[name];
      if (value === undefined) continue;
      const sharers = index.get(value);
      if (sharers === undefined) index.set(value, [key]);
      else sharers.push(key);
    }
    this.indexes.set(name, index);
    return index;
  }

  /** The same person is always known or never: FNV-1a of the identifiers against the rate. */
  private isMatched(key: string): boolean {
    let hash = 0x811c9dc5;
    const end = Math.min(key.length, MATCHED_ON);
    for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    return (hash >>> 0) / 0x1_0000_0000 < this.matchRate;
  }
}
