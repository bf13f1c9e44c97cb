import type { RejectionReason } from '../../providers/contract/audience-provider.js';
import type { RejectionCount } from '../../providers/tag-tally.js';
import { NOUNS, shareOf } from './warning-words.js';

/** From which share of all users on it is said that they would be skipped. */
export const LEAST_SKIPPED_SHARE = 0.01;
/** From which share of those that gave a field on it is said that it would be left out. */
export const LEAST_LEFT_OUT_SHARE = 0.05;

/** What is wrong with a value, behind `91 % of phones`; `tag` is the tag's full name. */
type Words = (tag: string) => string;

const WORDS: Readonly<Partial<Record<RejectionReason, Words>>> = {
  'no-usable-identifier': (tag) => `have no identifier that ${tag} can use`,
  'invalid-format': (tag) => `are in no form that ${tag} can use`,
  'missing-country': () => 'have no country code, and their users no country',
  'invalid-length': () => 'are too long or too short',
  'unknown-country': () => 'are in no list of countries',
  'digest-not-accepted': (tag) => `are SHA-256 digests, where ${tag} needs the plain value`,
  'looks-like-personal-data': () => 'look like an e-mail address or a phone number, and would be sent plain',
  'unsupported-country': (tag) => `are of countries that ${tag} does not serve`,
};
/** Where a field has words of its own. */
const FIELD_WORDS: Readonly<Record<string, Words>> = {
  'email invalid-format': () => 'are not addresses',
  'phone invalid-format': () => 'are not phone numbers',
  'phone unknown-country': () => 'are national, and the country of their users is in no list',
  'purchase invalid-format': () => 'have an amount or a currency that cannot be read',
};

/** How many of those that could have been left out were. */
export interface RejectionShare extends RejectionCount {
  /** Users that gave the field; all users where there is no field. */
  readonly of: number;
}

/** Pure: what the caller should look at before sending this batch to this tag, in the order of the shares. */
export function tagWarnings(tag: string, shares: readonly RejectionShare[]): string[] {
  return shares.flatMap(({ field, reason, users, of }) => {
    const least = field === undefined ? LEAST_SKIPPED_SHARE : LEAST_LEFT_OUT_SHARE;
    if (users / of < least) return [];
    const words = FIELD_WORDS[`${field ?? ''} ${reason}`] ?? WORDS[reason] ?? (() => `would be left out: ${reason}`);
    const noun = field === undefined ? 'users' : NOUNS[field];
    return [`${shareOf(users, of, noun)} ${words(tag)} (${users} of ${of})`];
  });
}
