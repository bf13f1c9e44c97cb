import { hash, randomUUID } from 'node:crypto';
import type { TikTokRow } from '../tiktok.normaliser.js';

/** The kind of a file with e-mail addresses and phone numbers; the audience and all its files must have the same. */
export const FILE_KIND = 'MULTIPLE_TYPES';

export interface MultipartBody {
  readonly contentType: string;
  readonly body: Buffer;
}

/** A line per pair of digests under the header that this kind of file must have. */
export function audienceFile(rows: readonly TikTokRow[]): Buffer {
  let lines = 'email_SHA256,phone_SHA256\n';
  for (const row of rows) {
    for (let at = 0; at < row.length; at += 2) {
      lines += `${row[at]},${row[at + 1]}\n`;
    }
  }
  return Buffer.from(lines);
}

/**
 * The upload of one file, signed with its MD5: a check of the transfer, not a secret.
 * https://business-api.tiktok.com/portal/docs?id=1739940567842818
 */
export function fileUpload(advertiserId: string, file: Buffer): MultipartBody {
  const boundary = `audience-${randomUUID()}`;
  const field = (name: string, value: string) =>
    `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
  const head =
    field('advertiser_id', advertiserId) +
    field('file_signature', hash('md5', file)) +
    field('calculate_type', FILE_KIND) +
    `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="audience.csv"\r\n` +
    'Content-Type: text/csv\r\n\r\n';
  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    body: Buffer.concat([Buffer.from(head), file, Buffer.from(`\r\n--${boundary}--\r\n`)]),
  };
}
