import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { AudienceUser } from '../../../providers/contract/audience-user.js';
import { toAudienceUsers } from '../../../providers/contract/read-users.js';
import { PayloadCipher } from '../../../storage/payload-cipher.js';

/** How long the users of a batch stay when no delivery of it runs: those to other platforms are about to begin, ms. */
const LINGER_MS = 2_000;

/**
 * The users of the batches that this process is at: decrypted and parsed once for the deliveries of a batch to all platforms, and
 * the same array for all of them, so that what is worked out of it can be shared as well. They stay as long as a delivery has
 * them; of the last batch that was asked for, a moment longer.
 */
@Injectable()
export class OpenBatches implements OnApplicationShutdown {
  /** By batch and payload, since an erasure seals what is left of a batch anew. */
  private readonly reading = new Map<string, Promise<readonly AudienceUser[]>>();
  private readonly read = new Map<string, WeakRef<readonly AudienceUser[]>>();
  private readonly gone = new FinalizationRegistry<string>((key) => {
    if (this.read.get(key)?.deref() === undefined) this.read.delete(key);
  });
  private linger?: NodeJS.Timeout;

  constructor(private readonly cipher: PayloadCipher) {}

  /**
   * @param seal tells one payload of the batch from another
   * @param payload asked for it when the users are not at hand
   *
   * @throws PayloadError when it does not open with this key
   */
  async users(batch: string, seal: string, payload: () => Promise<Buffer>): Promise<readonly AudienceUser[]> {
    const key = `${batch} ${seal}`;
    const users = this.read.get(key)?.deref() ?? (await this.readOnce(key, batch, payload));
    this.keep(users);
    return users;
  }

  onApplicationShutdown(): void {
    clearTimeout(this.linger);
  }

  private readOnce(key: string, batch: string, payload: () => Promise<Buffer>): Promise<readonly AudienceUser[]> {
    const others = this.reading.get(key);
    if (others) return others;
    const reading = this.open(batch, payload)
      .then((users) => {
        this.read.set(key, new WeakRef(users));
        this.gone.register(users, key);
        return users;
      })
      .finally(() => this.reading.delete(key));
    this.reading.set(key, reading);
    return reading;
  }

  private async open(batch: string, payload: () => Promise<Buffer>): Promise<readonly AudienceUser[]> {
    const json = await this.cipher.open(await payload(), batch);
    return toAudienceUsers(JSON.parse(json.toString('utf8')) as unknown[]);
  }

  private keep(users: readonly AudienceUser[]): void {
    clearTimeout(this.linger);
    // It is the timer that has them.
    this.linger = setTimeout(forget, LINGER_MS, users).unref();
  }
}

function forget(_users: readonly AudienceUser[]): void {}
