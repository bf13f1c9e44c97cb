import type { AudienceHead } from '../dto/audience-form.dto.js';
import type { UploadOptionsDto } from '../dto/upload-options.dto.js';

/**
 * Pure: everything but the users that decides what is sent where, for the fingerprint; `sync` only decides when the answer
 * comes. Batches on record are known again by it: what it says of a call must not change.
 */
export function toldOf({ name, type, batch }: AudienceHead, options: UploadOptionsDto): Buffer {
  const { sessionId, sequence, totalBatches, totalUsers, pullDate } = batch;
  const channels = options.channels && [...options.channels].sort();
  const told = [name, type, sessionId, sequence, totalBatches, totalUsers, pullDate, options.disablePrefix, channels];
  // Only where it is said: batches that are on record from before there was a choice stay known.
  if (options.mode !== 'append') told.push(options.mode);
  if (options.skipInvalid) told.push('skipInvalid');
  return Buffer.from(JSON.stringify(told));
}
