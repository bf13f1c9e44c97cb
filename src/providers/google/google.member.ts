import type { SentIdentifier } from '../contract/audience-provider.js';
import { BodyWriter } from '../kit/batch/body-writer.js';
import { jsonText } from '../kit/batch/json-text.js';
import type { GoogleTag } from './google.config.js';

/**
 * One person, `''` for what is not sent: digests of e-mail address, phone number, first and last name, then country and
 * postal code as they are. The last four are all there, or none is.
 */
export type GoogleRow = readonly [
  emailAddress: string,
  phoneNumber: string,
  givenName: string,
  familyName: string,
  regionCode: string,
  postalCode: string,
];

const NAMES = [
  'emailAddress',
  'phoneNumber',
  'address.givenName',
  'address.familyName',
  'address.regionCode',
  'address.postalCode',
] as const;

/** The place of the first of the two that are not hashed. */
const FIRST_PLAIN = 4;

/** A member with everything in it. */
const MEMBER_BYTES = 480;

/** What a row tells Google about its user. */
export function googleIdentifiers(row: GoogleRow): readonly SentIdentifier[] {
  return row.flatMap((value, at) => (value === '' ? [] : [{ name: NAMES[at]!, value, hashed: at < FIRST_PLAIN }]));
}

/**
 * The body of `audienceMembers:ingest` for one list. Written by hand, because all that changes are digests, and objects for
 * `JSON.stringify` would cost more than the digests themselves.
 * https://developers.google.com/data-manager/api/reference/rest/v1/audienceMembers/ingest
 */
export function ingestBody(tag: GoogleTag, listId: string, rows: readonly GoogleRow[]): Buffer {
  // Told with each request, as Google wants it; the operator accepts the terms by setting up the tag.
  const common = {
    consent: consentOf(tag),
    termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
    encoding: 'HEX',
  };
  return membersBody(tag, listId, rows, common);
}

/**
 * The body of `audienceMembers:remove` for one list: it has no place for consent and terms.
 * https://developers.google.com/data-manager/api/reference/rest/v1/audienceMembers/remove
 */
export function removeBody(tag: GoogleTag, listId: string, rows: readonly GoogleRow[]): Buffer {
  return membersBody(tag, listId, rows, { encoding: 'HEX' });
}

/** All of a request but what `common` adds to it. */
function membersBody(tag: GoogleTag, listId: string, rows: readonly GoogleRow[], common: object): Buffer {
  const body = new BodyWriter(rows.length * MEMBER_BYTES + 1_024);
  body.add(`{"destinations":${JSON.stringify([destinationOf(tag, listId)])},"audienceMembers":[`);
  rows.forEach((row, at) => {
    body.add(`${at === 0 ? '' : ','}{"compositeData":{"userData":{"userIdentifiers":[${identifiersJson(row)}]}}}`);
  });
  body.add(`],${JSON.stringify(common).slice(1)}`);
  return body.end();
}

/** Every identifier of a person in one member: it is who belongs together that matches. */
function identifiersJson([email, phone, givenName, familyName, regionCode, postalCode]: GoogleRow): string {
  let identifiers = email === '' ? '' : `{"emailAddress":"${email}"}`;
  if (phone !== '') identifiers += `${identifiers && ','}{"phoneNumber":"${phone}"}`;
  if (postalCode === '') return identifiers;
  return `${identifiers}${identifiers && ','}{"address":{"givenName":"${givenName}","familyName":"${familyName}","regionCode":"${regionCode}","postalCode":${jsonText(postalCode)}}}`;
}

/** The way to the account stands here: Google looks at no header of these calls. */
function destinationOf({ customerId, loginCustomerId }: GoogleTag, listId: string) {
  const account = (accountId: string) => ({ accountType: 'GOOGLE_ADS', accountId });
  return {
    operatingAccount: account(customerId),
    ...(loginCustomerId !== undefined && { loginAccount: account(loginCustomerId) }),
    productDestinationId: listId,
  };
}

/** What was not stated is left out, and counts as not granted. */
function consentOf({ consentAdUserData, consentAdPersonalization }: GoogleTag) {
  const granted = 'CONSENT_GRANTED';
  return {
    ...(consentAdUserData === 'GRANTED' && { adUserData: granted }),
    ...(consentAdPersonalization === 'GRANTED' && { adPersonalization: granted }),
  };
}
