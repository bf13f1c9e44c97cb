import { createHash } from 'node:crypto';
import { type KnownPerson, type TikTokSettings } from '../tiktok-options.js';
import { packId, splitKey } from './id-types.js';
import { type MemberSet } from './member-set.js';

/** Enough of a key for its first identifier. */
const MATCHED_ON = 33;

/** Finds the members that the platform knows; all identifiers of one person count once. */
export class Matcher {
  private readonly people?: ReadonlyMap<string, number>;

  constructor(private readonly settings: Pick<TikTokSettings, 'matchRate' | 'directory'>) {
    if (settings.directory !== undefined) this.people = directoryIndex(settings.directory);
  }

  /** How many people of the platform are in the set. */
  cover(members: MemberSet): number {
    const { people } = this;
    if (people !== undefined) return knownPeople(members, people);
    let known = 0;
    for (const key of members.keys()) if (isMatched(key, this.settings.matchRate)) known += 1;
    return known;
  }
}

function knownPeople(members: MemberSet, people: ReadonlyMap<string, number>): number {
  const found = new Set<number>();
  for (const key of members.keys()) {
    for (const id of splitKey(key)) {
      const person = people.get(id);
      if (person !== undefined) found.add(person);
    }
  }
  return found.size;
}

function directoryIndex(directory: readonly KnownPerson[]): Map<string, number> {
  const index = new Map<string, number>();
  directory.forEach(({ emails, phones }, person) => {
    for (const email of emails ?? []) index.set(packId('EMAIL_SHA256', sha256(email)) ?? '', person);
    for (const phone of phones ?? []) index.set(packId('PHONE_SHA256', sha256(phone)) ?? '', person);
  });
  return index;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The same person is always known or never: FNV-1a of the first identifier against the rate. */
function isMatched(key: string, rate: number): boolean {
  let hash = 0x811c9dc5;
  const end = Math.min(key.length, MATCHED_ON);
  for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
  return (hash >>> 0) / 0x1_0000_0000 < rate;
}
