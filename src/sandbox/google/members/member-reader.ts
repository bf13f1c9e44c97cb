import { type FieldViolation, unreadable, violation } from '../api/api-error.js';
import { isObject } from '../api/message-schema.js';
import { MEMBER_KINDS } from '../api/messages.js';
import { addressKey, digestBytes, emailKey, personKey, phoneKey } from './member-key.js';

/** One member as it was understood. */
export interface Person {
  readonly key: string;
  /** As in `DataTypeCount`. */
  readonly types: readonly ('EMAIL' | 'PHONE_NUMBER' | 'ADDRESS')[];
  readonly regionCode?: string;
  /** The member's own, which goes before that of the request. */
  readonly consent?: Readonly<Record<string, unknown>>;
  /** The references of the destinations it is for; none means all. */
  readonly references: readonly string[];
}

type Encoding = 'hex' | 'base64';
type Values = Readonly<Record<string, unknown>>;

const MOST_IDENTIFIERS = 10;
const HEX = /^[0-9a-f]+$/i;
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const DIGEST_BYTES = 32;
/** What the platform checks of a postal code is not documented; nobody's is longer, and each has a letter or a digit. */
const POSTAL_CODE = /^(?=.*[\p{L}\p{N}]).{1,32}$/u;
const ADDRESS_PARTS = {
  givenName: 'given_name',
  familyName: 'family_name',
  regionCode: 'region_code',
  postalCode: 'postal_code',
};

/** Reads members one by one and gathers everything that is wrong: a single one has all of them refused. */
export class MemberReader {
  readonly violations: FieldViolation[] = [];
  /** The kinds of data that were met; a request may have one. */
  readonly kinds = new Set<string>();
  private path = '';

  constructor(
    private readonly encoding: Encoding | undefined,
    private readonly refusedPostalCodes: readonly string[],
  ) {}

  read(member: Values, index: number): Person | undefined {
    const kind = MEMBER_KINDS.find((name) => isObject(member[name]));
    this.path = `audience_members[${index}]`;
    if (kind === undefined) {
      this.refuse('', 'INVALID_AUDIENCE_MEMBER');
      return undefined;
    }
    this.kinds.add(kind);
    const composite = kind === 'compositeData' ? (member['compositeData'] as Values) : member;
    const identifiers = listOf<Values>((composite['userData'] as Values | undefined)?.['userIdentifiers']);
    this.path += kind === 'compositeData' ? '.composite_data.user_data' : '.user_data';
    if (identifiers.length === 0) {
      this.refuse('', 'NO_IDENTIFIERS_PROVIDED');
      return undefined;
    }
    if (identifiers.length > MOST_IDENTIFIERS) this.refuse('.user_identifiers', 'TOO_MANY_USER_IDENTIFIERS');
    return this.person(member, identifiers);
  }

  private person(member: Values, identifiers: readonly Values[]): Person {
    const keys: string[] = [];
    const types: Person['types'][number][] = [];
    let regionCode: string | undefined;
    identifiers.forEach(({ emailAddress, phoneNumber, address }, index) => {
      const at = `.user_identifiers[${index}]`;
      if (typeof emailAddress === 'string') {
        types.push('EMAIL');
        keys.push(emailKey(this.digest(emailAddress, `${at}.email_address`)));
      } else if (typeof phoneNumber === 'string') {
        types.push('PHONE_NUMBER');
        keys.push(phoneKey(this.digest(phoneNumber, `${at}.phone_number`)));
      } else if (isObject(address)) {
        types.push('ADDRESS');
        regionCode = String(address['regionCode']);
        keys.push(this.address(address, `${at}.address`));
      } else this.refuse(at, 'REQUIRED_FIELD_MISSING');
    });
    return {
      key: personKey(keys),
      types,
      references: listOf<string>(member['destinationReferences']),
      ...(regionCode === undefined ? {} : { regionCode }),
      ...(isObject(member['consent']) ? { consent: member['consent'] } : {}),
    };
  }

  /** All four parts, or none. */
  private address(address: Values, at: string): string {
    const parts = { givenName: '', familyName: '', regionCode: '', postalCode: '' };
    for (const [name, field] of Object.entries(ADDRESS_PARTS)) {
      const value = address[name];
      if (typeof value === 'string' && value.trim() !== '') parts[name as keyof typeof parts] = value;
      else this.refuse(`${at}.${field}`, 'REQUIRED_FIELD_MISSING');
    }
    if (parts.regionCode !== '' && !/^[A-Z]{2}$/.test(parts.regionCode)) {
      this.refuse(`${at}.region_code`, 'INVALID_REGION_CODE');
    }
    const { postalCode } = parts;
    if (postalCode !== '' && (!POSTAL_CODE.test(postalCode) || this.refusedPostalCodes.includes(postalCode))) {
      this.refuse(`${at}.postal_code`, 'INVALID_POSTAL_CODE');
    }
    const givenName = parts.givenName && this.digest(parts.givenName, `${at}.given_name`);
    const familyName = parts.familyName && this.digest(parts.familyName, `${at}.family_name`);
    return addressKey({ ...parts, givenName, familyName });
  }

  private digest(value: string, at: string): string {
    const { encoding } = this;
    if (encoding === undefined) return '';
    const isHex = encoding === 'hex';
    if (!(isHex ? HEX : BASE64).test(value)) {
      this.refuse(at, isHex ? 'INVALID_HEX_ENCODING' : 'INVALID_BASE64_ENCODING');
      return '';
    }
    const bytes = digestBytes(value, encoding);
    if (bytes.length === DIGEST_BYTES && (!isHex || value.length === 2 * DIGEST_BYTES)) return bytes;
    this.refuse(at, 'INVALID_SHA256_FORMAT');
    return '';
  }

  private refuse(at: string, reason: string): void {
    this.violations.push(violation(this.path + at, reason));
  }
}

/** The encoding that a request names. */
export function encodingOf(body: Values): Encoding | undefined {
  if (body['encryptionInfo'] !== undefined) throw unreadable('The sandbox has no keys to decrypt with.');
  if (body['encoding'] === 'HEX') return 'hex';
  return body['encoding'] === 'BASE64' ? 'base64' : undefined;
}

/** What the schema knows to be a list, or absent. */
function listOf<Item>(value: unknown): Item[] {
  return Array.isArray(value) ? (value as Item[]) : [];
}
