/** An address as the platform compares it: two digests, and two values as they are. */
export interface AddressParts {
  readonly givenName: string;
  readonly familyName: string;
  readonly regionCode: string;
  readonly postalCode: string;
}

const DIGEST_BYTES = 32;
const EMAIL = 'e';
const PHONE = 'p';
const ADDRESS = 'a';
/** Behind the two digests: two letters, and the length of the postal code. */
const ADDRESS_HEAD = 1 + 2 * DIGEST_BYTES + 2;

/** A digest of either encoding as its 32 bytes, which makes upper and lower case hex the same. */
export function digestBytes(value: string, encoding: 'hex' | 'base64'): string {
  return Buffer.from(value, encoding).toString('latin1');
}

export function emailKey(digest: string): string {
  return EMAIL + digest;
}

export function phoneKey(digest: string): string {
  return PHONE + digest;
}

export function addressKey({ givenName, familyName, regionCode, postalCode }: AddressParts): string {
  return ADDRESS + givenName + familyName + regionCode + String.fromCharCode(postalCode.length) + postalCode;
}

/** One person: the identifiers in a fixed order, each once, so that the same person has the same key. */
export function personKey(identifiers: readonly string[]): string {
  if (identifiers.length === 1) return identifiers[0] ?? '';
  return [...new Set(identifiers)].sort().join('');
}

/** The identifiers of a person. */
export function splitKey(key: string): string[] {
  const identifiers: string[] = [];
  for (let at = 0; at < key.length;) {
    const isAddress = key[at] === ADDRESS;
    const end = isAddress ? at + ADDRESS_HEAD + 1 + key.charCodeAt(at + ADDRESS_HEAD) : at + 1 + DIGEST_BYTES;
    identifiers.push(key.slice(at, end));
    at = end;
  }
  return identifiers;
}

/** The identifiers by the platform's names, digests in lower-case hex; several of one kind become a list. */
export function readKey(key: string): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const identifier of splitKey(key)) {
    const [name, value] = readIdentifier(identifier);
    const before = columns[name];
    columns[name] = before === undefined ? value : [before, value].flat();
  }
  return columns;
}

function readIdentifier(identifier: string): [name: string, value: unknown] {
  const hex = (from: number): string =>
    Buffer.from(identifier.slice(from, from + DIGEST_BYTES), 'latin1').toString('hex');
  if (identifier[0] === EMAIL) return ['emailAddress', hex(1)];
  if (identifier[0] === PHONE) return ['phoneNumber', hex(1)];
  const address: AddressParts = {
    givenName: hex(1),
    familyName: hex(1 + DIGEST_BYTES),
    regionCode: identifier.slice(ADDRESS_HEAD - 2, ADDRESS_HEAD),
    postalCode: identifier.slice(ADDRESS_HEAD + 1),
  };
  return ['address', address];
}
