import { isObject } from '../api/message-schema.js';
import { digestBytes, splitKey } from './member-key.js';
import { type Person } from './member-reader.js';

/** The European Economic Area, whose people have to have agreed. */
const CONSENT_COUNTRIES = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '),
);

/** Says why a person is not processed, as far as consent goes: https://support.google.com/google-ads/answer/14310715 */
export class ConsentRule {
  private readonly eea: ReadonlySet<string>;

  constructor(
    private readonly ofRequest: unknown,
    eeaDigests: readonly string[],
  ) {
    this.eea = new Set(eeaDigests.map((hex) => digestBytes(hex, 'hex')));
  }

  /** What a member says itself goes before what the request says. */
  mistakeOf(person: Person): string | undefined {
    const consent = person.consent ?? (isObject(this.ofRequest) ? this.ofRequest : {});
    const given = [consent['adUserData'], consent['adPersonalization']];
    if (given.includes('CONSENT_DENIED')) return 'PROCESSING_ERROR_REASON_DENIED_CONSENT';
    if (given.every((status) => status === 'CONSENT_GRANTED')) return undefined;
    return this.isEuropean(person) ? 'PROCESSING_ERROR_REASON_NO_CONSENT' : undefined;
  }

  private isEuropean({ key, regionCode }: Person): boolean {
    if (regionCode !== undefined && CONSENT_COUNTRIES.has(regionCode)) return true;
    return this.eea.size > 0 && splitKey(key).some((identifier) => this.eea.has(identifier.slice(1)));
  }
}
