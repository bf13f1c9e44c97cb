import { type MemberView } from '../../simulator.js';
import { readKey, splitKey } from './id-types.js';

/**
 * The members of one audience: a set of people, each known by the identifiers of a row, so repeats change nothing but the count
 * of how often a row arrived. Identifiers leave one by one: a person goes with the last of them.
 */
export class MemberSet {
  private readonly times: Map<string, number>;
  /** The people that hold an identifier; it may name some who have left. */
  private holders?: Map<string, string[]>;
  private received: number;

  constructor(from?: MemberSet) {
    this.times = new Map(from?.times);
    this.received = from?.received ?? 0;
  }

  get size(): number {
    return this.times.size;
  }

  /** Rows added in all, repeats included. */
  get rowsReceived(): number {
    return this.received;
  }

  keys(): Iterable<string> {
    return this.times.keys();
  }

  add(keys: readonly string[]): void {
    // Only removals need to know the holders: the next one looks them up again.
    delete this.holders;
    this.received += keys.length;
    for (const key of keys) this.times.set(key, (this.times.get(key) ?? 0) + 1);
  }

  /** Takes out every identifier of the rows, whoever holds it. */
  remove(keys: readonly string[]): void {
    const holders = (this.holders ??= this.findHolders());
    for (const id of keys.flatMap(splitKey)) {
      for (const key of holders.get(id) ?? []) this.takeFrom(key, id, holders);
      holders.delete(id);
    }
  }

  /** Members in the order of their first arrival. */
  list(offset: number, limit: number): MemberView[] {
    const views: MemberView[] = [];
    let position = 0;
    for (const [key, timesReceived] of this.times) {
      if (views.length >= limit) break;
      if (position++ < offset) continue;
      views.push({ columns: readKey(key), timesReceived });
    }
    return views;
  }

  private takeFrom(key: string, id: string, holders: Map<string, string[]>): void {
    const times = this.times.get(key);
    if (times === undefined) return;
    this.times.delete(key);
    const left = splitKey(key).filter((one) => one !== id);
    if (left.length === 0) return;
    const shorter = left.join('');
    this.times.set(shorter, (this.times.get(shorter) ?? 0) + times);
    for (const one of left) holders.get(one)?.push(shorter);
  }

  private findHolders(): Map<string, string[]> {
    const holders = new Map<string, string[]>();
    for (const key of this.times.keys()) {
      for (const id of splitKey(key)) {
        const known = holders.get(id);
        if (known === undefined) holders.set(id, [key]);
        else known.push(key);
      }
    }
    return holders;
  }
}
