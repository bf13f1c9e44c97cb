import { type MemberView } from '../../simulator.js';
import { readKey, splitKey } from './member-key.js';

interface Membership {
  times: number;
  /** Renewed whenever the person comes again. */
  addedAt: number;
}

/** The members of one list: a set of people, each known by all identifiers of a member. */
export class MemberSet {
  private readonly people = new Map<string, Membership>();
  private received = 0;
  private lastChange?: number;

  get size(): number {
    return this.people.size;
  }

  /** Members added in all, repeats included. */
  get rowsReceived(): number {
    return this.received;
  }

  get changedAt(): number | undefined {
    return this.lastChange;
  }

  keys(): Iterable<string> {
    return this.people.keys();
  }

  add(keys: readonly string[], at: number): void {
    this.received += keys.length;
    this.lastChange = at;
    for (const key of keys) {
      const known = this.people.get(key);
      if (known === undefined) this.people.set(key, { times: 1, addedAt: at });
      else {
        known.times += 1;
        known.addedAt = at;
      }
    }
  }

  /** Takes out everybody who shares an identifier with one of these. */
  remove(keys: readonly string[], at: number): void {
    this.lastChange = at;
    const gone = new Set(keys.flatMap(splitKey));
    for (const key of this.people.keys()) {
      if (splitKey(key).some((identifier) => gone.has(identifier))) this.people.delete(key);
    }
  }

  /** Takes out everybody who was last added before a time. */
  removeBefore(time: number, at: number): void {
    this.lastChange = at;
    this.expire(time);
  }

  /** Lets those go who were last added before a time. */
  expire(before: number): void {
    for (const [key, { addedAt }] of this.people) if (addedAt < before) this.people.delete(key);
  }

  /** Members in the order of their first arrival. */
  list(offset: number, limit: number): MemberView[] {
    const views: MemberView[] = [];
    let position = 0;
    for (const [key, { times }] of this.people) {
      if (views.length >= limit) break;
      if (position++ < offset) continue;
      views.push({ columns: readKey(key), timesReceived: times });
    }
    return views;
  }
}
