/**
 * Every type of hashed identifier, by its place. A person's key holds identifiers in this order.
 * Streaming says AAID where files say GAID: https://business-api.tiktok.com/portal/docs?id=1739940585975809
 */
export const ID_TYPES = [
  'EMAIL_SHA256',
  'PHONE_SHA256',
  'IDFA_SHA256',
  'IDFA_MD5',
  'AAID_SHA256',
  'AAID_MD5',
  'GAID_SHA256',
  'GAID_MD5',
  'FIRST_SHA256',
  'FIRST_MD5',
  'MAID_SHA256',
  'MAID_MD5',
] as const;
export type IdType = (typeof ID_TYPES)[number];

/** What `id_schema` of `/segment/mapping/` may name. */
export const SEGMENT_ID_TYPES: readonly IdType[] = [
  'IDFA_MD5',
  'AAID_MD5',
  'IDFA_SHA256',
  'AAID_SHA256',
  'EMAIL_SHA256',
  'PHONE_SHA256',
];

const SHA256 = /^[0-9a-f]{64}$/;
const MD5 = /^[0-9a-f]{32}$/;

/** One identifier packed into its type and the bytes of its digest; undefined when it is no lowercase digest of that type. */
export function packId(type: IdType, value: unknown): string | undefined {
  const form = type.endsWith('_SHA256') ? SHA256 : MD5;
  if (typeof value !== 'string' || !form.test(value)) return undefined;
  return String.fromCharCode(ID_TYPES.indexOf(type)) + Buffer.from(value, 'hex').toString('latin1');
}

/** The packed identifiers of a person's key, which is nothing but them one after the other. */
export function splitKey(key: string): string[] {
  const ids: string[] = [];
  let at = 0;
  while (at < key.length) {
    const end = at + 1 + (typeOf(key.charCodeAt(at)).endsWith('_SHA256') ? 32 : 16);
    ids.push(key.slice(at, end));
    at = end;
  }
  return ids;
}

/** The identifiers of a key by their types; several of one type become a list. */
export function readKey(key: string): Record<string, unknown> {
  const columns: Record<string, unknown> = {};
  for (const id of splitKey(key)) {
    const type = typeOf(id.charCodeAt(0));
    const value = Buffer.from(id.slice(1), 'latin1').toString('hex');
    const before = columns[type];
    columns[type] = before === undefined ? value : [before, value].flat();
  }
  return columns;
}

function typeOf(place: number): IdType {
  const type = ID_TYPES[place];
  if (type === undefined) throw new Error('A member key is broken');
  return type;
}
