import type { SentIdentifier } from '../contract/audience-provider.js';

/** One profile of an import job, written out once: its size decides where a chunk ends. */
export interface KlaviyoRow {
  /** What Klaviyo tells profiles apart by: the e-mail address, or the phone number of a profile without one. */
  readonly identifier: string;
  /** The `profile` resource as {@link asciiJson}: its length is its size in bytes. */
  readonly json: string;
}

/** What is sent of one user; `''` and absence stand for what is not known, and are left out. */
export interface KlaviyoProfile {
  /** An address and a number as they are; at least one of the two is there. */
  readonly email: string;
  readonly phone: string;
  /** Written by {@link member}, so that what many users share is written once. */
  readonly firstName: string;
  readonly lastName: string;
  readonly currency: string;
  /** Written by {@link locationIn}, for the same reason. */
  readonly location: string;
  /** Written by {@link asciiJson}. */
  readonly zip: string;
  readonly edgeTagId: string;
  /** As they are. */
  readonly profit?: number;
  readonly total7Days?: number;
}

/** What finds a profile in Klaviyo again; at least one of the two is there. */
export interface Contacts {
  readonly email?: string;
  readonly phone?: string;
}

type Attributes = Readonly<Record<string, Readonly<Record<string, unknown>> | undefined>>;

const PLAIN = /^[ !#-[\]-~]*$/;
const NON_ASCII = /[\u007F-\uFFFF]/g;

/** JSON in which every character is one byte, so that sizes need not be measured and texts not be encoded. */
export function asciiJson(value: unknown): string {
  if (typeof value === 'string' && PLAIN.test(value)) return `"${value}"`;
  return JSON.stringify(value).replace(NON_ASCII, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** A member of an object, with the comma before it. */
export function member(name: string, value: string): string {
  return `,"${name}":${asciiJson(value)}`;
}

/** A `location` in this country, left open for the postal code. */
export function locationIn(country: string): string {
  return `,"location":{"country":${asciiJson(country)}`;
}

/**
 * Writes a profile. By hand and of few pieces: `JSON.stringify` of each takes longer than all else that is done with its user.
 * https://developers.klaviyo.com/en/reference/bulk_import_profiles
 */
export function klaviyoRow(profile: KlaviyoProfile): KlaviyoRow {
  const { email, phone } = profile;
  // Valid addresses and numbers hold nothing that JSON would escape.
  let json = '{"type":"profile","attributes":{';
  if (email === '') json += `"phone_number":"${phone}"`;
  else json += phone === '' ? `"email":"${email}"` : `"email":"${email}","phone_number":"${phone}"`;
  json += profile.firstName + profile.lastName + locationOf(profile) + propertiesOf(profile) + '}}';
  return { identifier: email === '' ? phone : email, json };
}

/** Two rows of one identifier as Klaviyo would merge them: where both hold something, the later one counts. */
export function mergedRow(earlier: KlaviyoRow, later: KlaviyoRow): KlaviyoRow {
  const [before, after] = [attributesOf(earlier), attributesOf(later)];
  const attributes: Record<string, unknown> = { ...before, ...after };
  for (const name of ['location', 'properties']) {
    if (before[name] && after[name]) attributes[name] = { ...before[name], ...after[name] };
  }
  return { identifier: later.identifier, json: asciiJson({ type: 'profile', attributes }) };
}

/** Whom a row speaks of. */
export function contactsOf(row: KlaviyoRow): Contacts {
  const { email, phone_number: phone } = attributesOf(row) as { email?: string; phone_number?: string };
  return { email, phone };
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

function locationOf({ location, zip }: KlaviyoProfile): string {
  if (location === '') return zip === '' ? '' : `,"location":{"zip":${zip}}`;
  return zip === '' ? `${location}}` : `${location},"zip":${zip}}`;
}

function propertiesOf({ edgeTagId, profit, total7Days, currency }: KlaviyoProfile): string {
  let spent = profit === undefined ? '' : `,"blotout_profit":${profit}`;
  if (total7Days !== undefined) spent += `,"blotout_total_7_days":${total7Days}`;
  spent += currency;
  if (edgeTagId !== '') return `,"properties":{"blotout_edge_tag_id":${edgeTagId}${spent}}`;
  return spent && `,"properties":{${spent.slice(1)}}`;
}

function attributesOf(row: KlaviyoRow): Attributes {
  return (JSON.parse(row.json) as { attributes: Attributes }).attributes;
}
