/**
 * How a column of a customer list must be filled: `sha256` and `md5` as lowercase hex digests, `plain` as text, the rest by name.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/audiences/guides/custom-audiences
 */
export type ColumnKind = 'sha256' | 'md5' | 'plain' | 'value' | 'options' | 'country-code' | 'state-code';

/**
 * Every key the server accepts in `payload.schema`; the keys after STATE are those that its refusal names.
 * The order is that of storage, so new keys go to the end.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience/users
 */
export const COLUMN_KINDS: Readonly<Record<string, ColumnKind>> = {
  EXTERN_ID: 'plain',
  EMAIL: 'sha256',
  PHONE: 'sha256',
  GEN: 'sha256',
  DOBY: 'sha256',
  DOBM: 'sha256',
  DOBD: 'sha256',
  LN: 'sha256',
  FN: 'sha256',
  FI: 'sha256',
  CT: 'sha256',
  ST: 'sha256',
  ZIP: 'sha256',
  MADID: 'plain',
  COUNTRY: 'sha256',
  APPUID: 'plain',
  PAGEUID: 'plain',
  LOOKALIKE_VALUE: 'value',
  DATA_PROCESSING_OPTIONS: 'options',
  DATA_PROCESSING_OPTIONS_COUNTRY: 'country-code',
  DATA_PROCESSING_OPTIONS_STATE: 'state-code',
  PARTIALPHONE: 'sha256',
  PHONEID: 'sha256',
  STREETNAME: 'sha256',
  STREETNUM: 'sha256',
  STREETTYPE: 'sha256',
  STREET2ROW: 'sha256',
  STREETADDRESS: 'sha256',
  F5FIRST: 'sha256',
  F5LAST: 'sha256',
  EMAIL_MD5: 'md5',
  PHONE_MD5: 'md5',
};

/** All keys, by their number in storage. */
export const COLUMN_NAMES: readonly string[] = Object.keys(COLUMN_KINDS);

/** Schemas given as one text instead of an array, and the column they fill. They make the audience another data source. */
export const SINGLE_KEY_SCHEMAS: Readonly<Record<string, string>> = {
  EMAIL_SHA256: 'EMAIL',
  PHONE_SHA256: 'PHONE',
  MOBILE_ADVERTISER_ID: 'MADID',
  EXTERN_ID: 'EXTERN_ID',
};

/** True for columns that say who the person is, not something about them. */
export function isIdentifier(kind: ColumnKind): boolean {
  return kind === 'sha256' || kind === 'md5' || kind === 'plain';
}
