import { createHash } from 'node:crypto';
import { type TikTokAnswer, type TikTokCall } from '../tiktok-call.js';
import { invalidParameter, TikTokError } from '../tiktok-error.js';
import { type TikTokSettings } from '../tiktok-options.js';
import { type TokenGate } from '../token-gate.js';
import { UPLOAD_TYPES } from './calculate-types.js';
import { readFileKeys } from './file-content.js';
import { type FileStore } from './file-store.js';

/** Takes data files: https://business-api.tiktok.com/portal/docs?id=1739940567842818 */
export class FileUploadHandler {
  constructor(
    private readonly files: FileStore,
    private readonly gate: TokenGate,
    private readonly settings: Pick<TikTokSettings, 'maxFileBytes'>,
  ) {}

  upload({ fields, token, file }: TikTokCall): TikTokAnswer {
    fields.require('advertiser_id', 'file', 'file_signature', 'calculate_type');
    if (file === undefined) throw invalidParameter('file: The field must be a file.');
    const advertiserId = fields.advertiserId();
    const calculateType = fields.text('calculate_type') ?? '';
    this.gate.requireAdvertiser(token, advertiserId);
    if (!UPLOAD_TYPES.includes(calculateType)) {
      throw new TikTokError(40909, 'The calculate_type is not supported.');
    }
    if (!/\.(?:csv|txt)$/.test(file.name)) throw new TikTokError(40908, 'The file must be a .csv or .txt file.');
    if (file.bytes.length === 0) throw new TikTokError(40906, 'The file is empty.');
    if (file.bytes.length > this.settings.maxFileBytes) throw new TikTokError(40907, 'The file is too large.');
    if (fields.text('file_signature') !== createHash('md5').update(file.bytes).digest('hex')) {
      throw new TikTokError(40900, 'The MD5 signature does not match the file.');
    }
    const keys = readFileKeys(file.bytes.toString('utf8'), calculateType);
    if (keys.length === 0) throw new TikTokError(40906, 'The file is empty.');
    return { data: { file_path: this.files.put({ advertiserId, calculateType, keys }) } };
  }
}
