import type { IdentifierField } from '../../providers/contract/audience-provider.js';

/** What a field holds, in the plural. */
export const NOUNS: Readonly<Record<IdentifierField, string>> = {
  edgeTagId: 'edgeTagIds',
  email: 'e-mail addresses',
  phone: 'phones',
  firstName: 'first names',
  lastName: 'last names',
  country: 'countries',
  postalCode: 'postal codes',
  purchase: 'purchases',
};

/** `91 % of phones`. Some are never called none, nor almost all all. */
export function shareOf(part: number, whole: number, noun: string): string {
  const percent = part === whole ? 100 : Math.min(99, Math.max(1, Math.round((part / whole) * 100)));
  return `${percent} % of ${noun}`;
}
