import { type MemberView } from '../../simulator.js';
import { type UserElement } from './element.js';

interface Person {
  readonly ids: Set<string>;
  columns: Readonly<Record<string, unknown>>;
  times: number;
}

interface Arrival {
  readonly at: number;
  readonly isMatched: boolean;
}

/**
 * The people of one segment. A person who is there already changes nothing but the count of arrivals; one who is not there can be
 * taken out all the same. Nothing of it can be read back but numbers.
 */
export class MemberSet {
  private readonly people = new Map<string, Person>();
  private arrivals: Arrival[] = [];
  private distinct = 0;
  private received = 0;

  constructor(private readonly matchRate: number) {}

  get size(): number {
    return this.distinct;
  }

  /** Elements that added somebody, repeats included. */
  get rowsReceived(): number {
    return this.received;
  }

  /** People that the platform knows. */
  get matched(): number {
    return [...new Set(this.people.values())].filter((person) => this.isMatched([...person.ids])).length;
  }

  apply(element: UserElement, now: number): void {
    if (element.action === 'ADD') this.add(element, now);
    else this.remove(element.ids);
  }

  /** What arrived since then: all of it, and what the platform knows of it. */
  arrivedSince(since: number): { readonly input: number; readonly matched: number } {
    this.arrivals = this.arrivals.filter(({ at }) => at >= since);
    return { input: this.arrivals.length, matched: this.arrivals.filter(({ isMatched }) => isMatched).length };
  }

  clear(): void {
    this.people.clear();
    this.arrivals = [];
    this.distinct = 0;
  }

  /** Members in the order of their first arrival. */
  list(offset: number, limit: number): MemberView[] {
    return [...new Set(this.people.values())]
      .slice(offset, offset + limit)
      .map(({ columns, times }) => ({ columns, timesReceived: times }));
  }

  private add({ ids, columns }: UserElement, now: number): void {
    this.received += 1;
    this.arrivals.push({ at: now, isMatched: this.isMatched(ids) });
    const known = ids.map((id) => this.people.get(id)).find((person) => person !== undefined);
    if (known === undefined) this.distinct += 1;
    const person = known ?? { ids: new Set<string>(), columns, times: 0 };
    person.times += 1;
    person.columns = { ...person.columns, ...columns };
    for (const id of ids) {
      person.ids.add(id);
      this.people.set(id, person);
    }
  }

  private remove(ids: readonly string[]): void {
    for (const id of ids) {
      const person = this.people.get(id);
      if (person === undefined) continue;
      this.people.delete(id);
      person.ids.delete(id);
      if (person.ids.size === 0) this.distinct -= 1;
    }
  }

  /** The same person is always known or never: FNV-1a of the first id against the rate. */
  private isMatched([id = '']: readonly string[]): boolean {
    let hash = 0x811c9dc5;
    for (let at = 0; at < id.length; at += 1) hash = Math.imul(hash ^ id.charCodeAt(at), 0x01000193);
    return (hash >>> 0) / 0x1_0000_0000 < this.matchRate;
  }
}
