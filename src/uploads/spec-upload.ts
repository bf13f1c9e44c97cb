import { ProblemException } from '../common/problem.exception.js';
import { toAudienceUsers } from '../providers/contract/read-users.js';
import { UploadReader, type UploadRules } from './upload-reader.js';

const RULES: UploadRules = { skipInvalid: false, maxRows: 1_000_000, maxBytes: 64 * 1024 * 1024 };

export interface SpecUpload extends Partial<UploadRules> {
  readonly name?: string;
  readonly type?: string;
  /** Bytes of each piece, over and over; as one otherwise. */
  readonly sizes?: readonly number[];
}

/** What the reader makes of a file. */
export async function readUpload(content: string | Buffer, { name, type, sizes, ...rules }: SpecUpload = {}) {
  const bytes = pieces(Buffer.from(content as string), sizes ?? [Infinity]);
  const reader = new UploadReader({ bytes, name: name ?? 'users', type: type ?? '' }, { ...RULES, ...rules });
  const slices: unknown[][] = [];
  for await (const { json, count } of reader.slices()) {
    const users = toAudienceUsers(JSON.parse(json.toString()) as unknown[]);
    if (users.length !== count) throw new Error(`A slice of ${users.length} says ${count}`);
    slices.push(users);
  }
  const { received, skipped, skippedRows } = reader;
  return { slices, users: slices.flat(), received, skipped, skippedRows };
}

/** What a file is refused with. */
export async function refusal(content: string | Buffer, upload: SpecUpload = {}) {
  try {
    await readUpload(content, upload);
  } catch (error) {
    if (!(error instanceof ProblemException)) throw error;
    return { status: error.getStatus(), code: error.code, detail: error.detail, ...error.extra };
  }
  throw new Error('It was taken');
}

async function* pieces(bytes: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, piece = 0; at < bytes.length; piece++) {
    const size = sizes[piece % sizes.length]!;
    // As a stream gives them: not all at once.
    yield await Promise.resolve(bytes.subarray(at, at + size));
    at += size;
  }
}
