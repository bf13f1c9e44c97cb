import type { SentIdentifier } from '../contract/audience-provider.js';
import { inOnePiece } from '../kit/batch/json-text.js';

/**
 * One profile of an import job, in texts as they stand in its JSON, `''` for what is not known. The JSON itself is written when
 * it is sent: ten thousand texts of 400 bytes would be copied several times while they wait.
 */
export interface KlaviyoRow {
  /** An address and a number as they are; at least one of the two is there. */
  readonly email: string;
  readonly phone: string;
  /** Written by {@link member}, so that what many users share is written once. */
  readonly firstName: string;
  readonly lastName: string;
  readonly currency: string;
  /** Written by {@link locationIn}, for the same reason. */
  readonly location: string;
  /** Written by {@link asciiText}. */
  readonly zip: string;
  readonly edgeTagId: string;
  /** Numbers. */
  readonly profit: string;
  readonly total7Days: string;
}

/** What finds a profile in Klaviyo again; at least one of the two is there. */
export interface Contacts {
  readonly email?: string;
  readonly phone?: string;
}

type Attributes = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

const PLAIN = /^[ !#-[\]-~]*$/;
const EMPTY_BYTES = '{"type":"profile","attributes":{}}'.length;
const NON_ASCII = /[\u007F-\uFFFF]/g;

/** JSON in which every character is one byte, so that sizes need not be measured and texts not be encoded. */
export function asciiJson(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  return JSON.stringify(value).replace(NON_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** What stands between the quotes of {@link asciiJson}. */
export function asciiText(value: string): string {
  return PLAIN.test(value) ? value : asciiJson(value).slice(1, -1);
}

/** A member of an object, with the comma before it. */
export function member(name: string, value: string): string {
  return inOnePiece(`,"${name}":${asciiJson(value)}`);
}

/** A `location` in this country, left open for the postal code. */
export function locationIn(country: string): string {
  return inOnePiece(`,"location":{"country":${asciiJson(country)}`);
}

/** What Klaviyo tells profiles apart by: the e-mail address, or the phone number of a profile without one. */
export function identifierOf({ email, phone }: KlaviyoRow): string {
  return email === '' ? phone : email;
}

/**
 * The `profile` resource as {@link asciiJson}: its length is its size in bytes. By hand and of few pieces: `JSON.stringify` of
 * each takes longer than all else that is done with its user.
 * https://developers.klaviyo.com/en/reference/bulk_import_profiles
 */
export function profileJson(row: KlaviyoRow): string {
  const { email, phone } = row;
  // Valid addresses and numbers hold nothing that JSON would escape.
  const emailText = email === '' ? '' : `"email":"${email}"`;
  const phoneText = phone === '' ? '' : `"phone_number":"${phone}"`;
  const comma = email === '' || phone === '' ? '' : ',';
  return `{"type":"profile","attributes":{${emailText}${comma}${phoneText}${row.firstName}${row.lastName}${locationOf(row)}${propertiesOf(row)}}}`;
}

/** Bytes of {@link profileJson}. */
export function profileBytes(row: KlaviyoRow): number {
  const { email, phone, location, zip, edgeTagId, profit, total7Days, currency } = row;
  let bytes = EMPTY_BYTES + row.firstName.length + row.lastName.length;
  if (email !== '') bytes += '"email":""'.length + email.length;
  if (phone !== '') bytes += '"phone_number":""'.length + phone.length;
  if (email !== '' && phone !== '') bytes += 1;
  if (location !== '') bytes += location.length + '}'.length;
  if (zip !== '') bytes += (location === '' ? ',"location":{"zip":""}' : ',"zip":""').length + zip.length;
  let properties = currency.length;
  if (edgeTagId !== '') properties += ',"blotout_edge_tag_id":""'.length + edgeTagId.length;
  if (profit !== '') properties += ',"blotout_profit":'.length + profit.length;
  if (total7Days !== '') properties += ',"blotout_total_7_days":'.length + total7Days.length;
  // The first of the properties has no comma.
  return properties === 0 ? bytes : bytes + ',"properties":{}'.length + properties - 1;
}

/** Two rows of one identifier as Klaviyo would merge them: where both hold something, the later one counts. */
export function mergedRow(earlier: KlaviyoRow, later: KlaviyoRow): KlaviyoRow {
  const known = Object.entries(later).filter(([, text]) => text !== '');
  return { ...earlier, ...Object.fromEntries(known) };
}

/** Whom a row speaks of. */
export function contactsOf({ email, phone }: KlaviyoRow): Contacts {
  return { ...(email !== '' && { email }), ...(phone !== '' && { phone }) };
}

/** Every attribute of the profile, nested ones by their path. Klaviyo takes all of them plain. */
export function klaviyoIdentifiers(row: KlaviyoRow): readonly SentIdentifier[] {
  return Object.entries(attributesOf(row)).flatMap(([name, value]) =>
    typeof value === 'object'
      ? Object.entries(value).map(([inner, nested]) => ({
          name: `${name}.${inner}`,
          value: String(nested),
          hashed: false,
        }))
      : [{ name, value: String(value), hashed: false }],
  );
}

function locationOf({ location, zip }: KlaviyoRow): string {
  if (location === '') return zip === '' ? '' : `,"location":{"zip":"${zip}"}`;
  return zip === '' ? `${location}}` : `${location},"zip":"${zip}"}`;
}

function propertiesOf({ edgeTagId, profit, total7Days, currency }: KlaviyoRow): string {
  const spent = `${profit && `,"blotout_profit":${profit}`}${total7Days && `,"blotout_total_7_days":${total7Days}`}${currency}`;
  if (edgeTagId !== '') return `,"properties":{"blotout_edge_tag_id":"${edgeTagId}"${spent}}`;
  return spent && `,"properties":{${spent.slice(1)}}`;
}

function attributesOf(row: KlaviyoRow): Attributes {
  return (JSON.parse(profileJson(row)) as { attributes: Attributes }).attributes;
}
