import { type IdType } from '../members/id-types.js';

/** Types of files with one kind of identifier; the two `MAID_*` cannot be made an audience of. */
export const SINGLE_TYPES: readonly IdType[] = [
  'EMAIL_SHA256',
  'PHONE_SHA256',
  'IDFA_SHA256',
  'IDFA_MD5',
  'GAID_SHA256',
  'GAID_MD5',
  'FIRST_SHA256',
  'FIRST_MD5',
  'MAID_SHA256',
  'MAID_MD5',
];

/** The type of files whose header says what is in a column. */
export const MULTIPLE_TYPES = 'MULTIPLE_TYPES';

/** What may be uploaded: https://business-api.tiktok.com/portal/docs?id=1739940567842818 */
export const UPLOAD_TYPES: readonly string[] = [...SINGLE_TYPES, MULTIPLE_TYPES];

/** What an audience may be created of: https://business-api.tiktok.com/portal/docs?id=1739940570793985 */
export const CREATE_TYPES: readonly string[] = UPLOAD_TYPES.filter((type) => !type.startsWith('MAID_'));

/** The columns of a file of multiple types, in lower case. */
export const COLUMNS: Readonly<Record<string, readonly IdType[]>> = {
  maid: ['MAID_SHA256', 'MAID_MD5'],
  maid_sha256: ['MAID_SHA256'],
  maid_md5: ['MAID_MD5'],
  email_sha256: ['EMAIL_SHA256'],
  phone_sha256: ['PHONE_SHA256'],
};
