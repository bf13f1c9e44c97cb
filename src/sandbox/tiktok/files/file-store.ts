import { randomBytes } from 'node:crypto';
import { type SandboxClock } from '../../sandbox-clock.js';
import { TikTokError } from '../tiktok-error.js';

/** An uploaded file, until it is used. */
export interface StoredFile {
  readonly advertiserId: string;
  readonly calculateType: string;
  readonly keys: readonly string[];
}

/** Uploaded files: each serves one create or update of the ad account that it came from, and is gone then. */
export class FileStore {
  private readonly files = new Map<string, StoredFile & { readonly uploadedAt: number }>();

  constructor(
    private readonly clock: SandboxClock,
    private readonly lifetimeMs: number,
  ) {}

  reset(): void {
    this.files.clear();
  }

  /** Keeps a file and gives the path that stands for it. */
  put(file: StoredFile): string {
    const path = randomBytes(8).toString('hex');
    this.files.set(path, { ...file, uploadedAt: this.clock.now() });
    return path;
  }

  /** The people in all the files, which are used up by it; when one cannot be used, none is. */
  take(paths: readonly string[], advertiserId: string, calculateType: string): string[] {
    const keys = paths.flatMap((path) => this.usable(path, advertiserId, calculateType));
    for (const path of paths) this.files.delete(path);
    return keys;
  }

  private usable(path: string, advertiserId: string, calculateType: string): readonly string[] {
    const file = this.files.get(path);
    if (file === undefined || file.advertiserId !== advertiserId) {
      throw new TikTokError(40905, 'The file does not exist.');
    }
    if (this.clock.now() - file.uploadedAt >= this.lifetimeMs) {
      throw new TikTokError(40910, 'The file has expired.');
    }
    if (file.calculateType !== calculateType) {
      throw new TikTokError(40909, 'The calculate_type must be the same as that of the files.');
    }
    return file.keys;
  }
}
