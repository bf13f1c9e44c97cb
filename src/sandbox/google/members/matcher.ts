import { type GoogleSettings } from '../google-options.js';
import { digestBytes, splitKey } from './member-key.js';

/** Enough of a key for its first identifier. */
const MATCHED_ON = 33;

/** Tells which people the platform knows. Nothing but counts ever leaves it. */
export class Matcher {
  private readonly known?: ReadonlySet<string>;

  constructor(private readonly settings: Pick<GoogleSettings, 'matchRate' | 'knownDigests'>) {
    if (settings.knownDigests) this.known = new Set(settings.knownDigests.map((hex) => digestBytes(hex, 'hex')));
  }

  count(keys: Iterable<string>): number {
    let matched = 0;
    for (const key of keys) if (this.isKnown(key)) matched += 1;
    return matched;
  }

  /** The same person is always known or never: FNV-1a of the first identifier against the rate. */
  private isKnown(key: string): boolean {
    const { known } = this;
    if (known !== undefined) return splitKey(key).some((identifier) => known.has(identifier.slice(1, MATCHED_ON)));
    let hash = 0x811c9dc5;
    const end = Math.min(key.length, MATCHED_ON);
    for (let at = 0; at < end; at += 1) hash = Math.imul(hash ^ key.charCodeAt(at), 0x01000193);
    return (hash >>> 0) / 0x1_0000_0000 < this.settings.matchRate;
  }
}
