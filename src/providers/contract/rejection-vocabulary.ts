import type { AudienceUser } from './audience-user.js';

/**
 * The fixed vocabulary of rejections: every reason there is, and what it says. The API's document and its filters are made of
 * this list, README repeats it, and a test holds the two together. A platform's own words never become a reason.
 */
export const REJECTION_REASONS = {
  'no-usable-identifier': 'The platform can match none of this user’s identifiers: the user is skipped',
  'invalid-format': 'Not in the form that the platform understands',
  'invalid-length': 'Too long or too short for the platform',
  'missing-country': 'A national phone number without a country to complete it',
  'unknown-country': 'A name or code of a country that is in no list',
  'unsupported-country': 'The platform does not serve this country for this identifier',
  'digest-not-accepted': 'A SHA-256 digest where the platform wants the plain value',
  'looks-like-personal-data': 'Looks like an e-mail address or a phone number in a field that is sent plain',
  'refused-by-platform': 'The platform counted it among the ones it could not use, without saying why',
} as const satisfies Readonly<Record<string, string>>;

export type RejectionReason = keyof typeof REJECTION_REASONS;

/** The fields of a user that a rejection may name, in the words of the API. */
export type IdentifierField = keyof AudienceUser;

const IDENTIFIERS: Readonly<Record<IdentifierField, true>> = {
  email: true,
  phone: true,
  firstName: true,
  lastName: true,
  country: true,
  postalCode: true,
  edgeTagId: true,
  purchase: true,
};

export const IDENTIFIER_FIELDS = Object.keys(IDENTIFIERS) as readonly IdentifierField[];

export const REASON_WORDS = Object.keys(REJECTION_REASONS) as readonly RejectionReason[];
