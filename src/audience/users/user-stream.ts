import { setImmediate } from 'node:timers/promises';
import type { FormFile } from '../../common/multipart/file-taker.js';
import { ProblemException } from '../../common/problem.exception.js';
import { parseColumns } from '../../uploads/columns/column-map.js';
import { UploadReader, type UploadRules } from '../../uploads/upload-reader.js';
import type { DraftUsers } from './draft-users.service.js';
import type { TakenUsers } from './taken-users.js';

/** Users that are checked and stored slice by slice: a slice is all that is held of them. For one call. */
export class UserStream {
  /** Bytes of the file that were read. */
  passed = 0;
  private count = 0;
  private parts = 0;
  private draft?: string;
  private content = Buffer.alloc(0);

  constructor(
    private readonly drafts: DraftUsers,
    private readonly rules: Omit<UploadRules, 'columns' | 'keepsPlaces' | 'hear'>,
  ) {}

  /** @throws ProblemException 400, 413: {@link discard} is then to be called */
  async read(file: FormFile, columns?: string): Promise<void> {
    // Of the text: packed again, the same users are other bytes.
    const digest = this.drafts.contentDigest();
    const hear = (piece: Buffer) => void digest.update(piece);
    const bytes = this.passing(file.bytes);
    try {
      const mapping = columns ? parseColumns(columns) : undefined;
      const reader = new UploadReader({ ...file, bytes }, { ...this.rules, columns: mapping, keepsPlaces: true, hear });
      for await (const slice of reader.slices()) {
        this.draft ??= await this.drafts.open();
        await this.drafts.add(this.draft, this.parts, this.count, slice);
        this.parts += 1;
        this.count += slice.count;
      }
    } catch (error) {
      throw ofUsers(error);
    }
    this.content = Buffer.concat([digest.digest(), Buffer.from(columns ?? '')]);
  }

  /** The users, of whom all are stored. @param told what the fingerprint says beside them */
  end(told: Buffer): TakenUsers {
    if (this.draft === undefined) throw new Error('The users were not read');
    const fingerprint = this.drafts.fingerprint([told, Buffer.from('as it came'), this.content]);
    return { count: this.count, fingerprint, content: { draft: this.draft } };
  }

  async discard(): Promise<void> {
    if (this.draft !== undefined) await this.drafts.discard(this.draft);
  }

  private async *passing(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
    for await (const piece of bytes) {
      this.passed += piece.length;
      yield piece;
      // Pieces that wait already come one upon the other: other calls are answered in between.
      await setImmediate();
    }
  }
}

/** What reads files calls them `file`; here, the part is `users`. */
function ofUsers(error: unknown): unknown {
  if (!(error instanceof ProblemException) || !error.extra.errors) return error;
  const errors = error.extra.errors.map((each) =>
    'field' in each && each.field === 'file' ? { ...each, field: 'users' } : each,
  );
  return new ProblemException(error.getStatus(), error.code, error.detail, { ...error.extra, errors });
}
