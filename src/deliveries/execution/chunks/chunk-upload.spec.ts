import { describe, expect, it } from '@jest/globals';
import type { PreparedRow, Receipt } from '../../../providers/contract/audience-provider.js';
import {
  ChunkTooLargeError,
  PlatformUnavailableError,
  RequestRejectedError,
} from '../../../providers/contract/provider-errors.js';
import { uploadChunks } from './chunk-upload.js';

type Chunk = readonly PreparedRow<unknown>[];

/** A platform that fails a whole request for one bad row, and what a delivery of `count` rows makes of it. */
class Platform {
  readonly members: number[] = [];
  readonly refused: number[] = [];
  requests = 0;
  /** Thrown for every request. */
  broken?: Error;

  constructor(
    private readonly bad: ReadonlySet<number>,
    private readonly options: { readonly most?: number; readonly names?: boolean } = {},
  ) {}

  async deliver(count: number, { rows = 10_000, fromUser = 0 } = {}): Promise<void> {
    const all = Array.from({ length: count }, (_, user) => ({ user, row: user }));
    await uploadChunks(
      { rows: all, fromUser, chunksDone: fromUser > 0 ? 1 : 0, budget: { rows } },
      {
        send: (chunk) => Promise.resolve().then(() => this.take(chunk)),
        record: (chunk, receipt) => Promise.resolve(this.record(chunk, receipt)),
        pause: () => undefined,
      },
    );
  }

  private take(chunk: Chunk): Receipt {
    this.requests += 1;
    if (this.broken) throw this.broken;
    if (chunk.length > (this.options.most ?? Infinity)) throw new ChunkTooLargeError('too large');
    const bad = chunk.flatMap(({ user }, row) =>
      this.bad.has(user) ? [{ row, reason: 'invalid-format' as const }] : [],
    );
    if (bad.length > 0)
      throw new RequestRejectedError(`a row of ${chunk.length} is bad`, { rows: this.options.names ? bad : [] });
    this.members.push(...chunk.map(({ user }) => user));
    return { accepted: chunk.length, refused: [] };
  }

  private record(chunk: Chunk, { refused }: Receipt): void {
    this.refused.push(...refused.map(({ row }) => chunk[row]!.user));
  }
}

const all = (count: number) => Array.from({ length: count }, (_, user) => user);
const without = (count: number, bad: readonly number[]) => all(count).filter((user) => !bad.includes(user));

describe('uploadChunks', () => {
  it('sends everything in chunks as large as allowed', async () => {
    const platform = new Platform(new Set());
    await platform.deliver(25);
    expect([platform.requests, platform.members]).toEqual([1, all(25)]);
    await platform.deliver(25, { rows: 10 });
    expect(platform.requests).toBe(1 + 3);
  });

  it('finds three bad rows of ten thousand in a platform that fails whole requests, and sends the others once', async () => {
    const bad = [17, 4_999, 9_999];
    const platform = new Platform(new Set(bad));
    await platform.deliver(10_000);
    expect(platform.refused).toEqual(bad);
    expect(platform.members).toEqual(without(10_000, bad));
    // Each takes the refusals on the way down and the row itself; what passes on the way is not sent again.
    expect(platform.requests).toBeLessThan(3 * 16);
  });

  it.each([
    ['the first', [0]],
    ['the last', [99]],
    ['neighbours', [49, 50]],
    ['a run of them', all(20).map((n) => n + 30)],
  ])('finds %s', async (_, bad) => {
    const platform = new Platform(new Set(bad));
    await platform.deliver(100);
    expect([platform.refused, platform.members]).toEqual([bad, without(100, bad)]);
  });

  it('leaves out rows that the platform names, in one more request', async () => {
    const platform = new Platform(new Set([3, 7]), { names: true });
    await platform.deliver(10);
    expect([platform.requests, platform.refused, platform.members]).toEqual([2, [3, 7], without(10, [3, 7])]);
  });

  it('records a chunk of which every row was named, and sends nothing for it', async () => {
    const platform = new Platform(new Set(all(4)), { names: true });
    await platform.deliver(6, { rows: 4 });
    expect([platform.requests, platform.refused, platform.members]).toEqual([2, all(4), [4, 5]]);
  });

  it('fails with the platform’s reason when it is the request that is wrong, and blames no row', async () => {
    const platform = new Platform(new Set(all(10_000)));
    await expect(platform.deliver(10_000)).rejects.toThrow('a row of 10000 is bad');
    expect([platform.refused, platform.members]).toEqual([[], []]);
    expect(platform.requests).toBeLessThan(20);
  });

  it('fails when its only row is refused: nothing shows that the row is to blame', async () => {
    const platform = new Platform(new Set([0]));
    await expect(platform.deliver(1)).rejects.toBeInstanceOf(RequestRejectedError);
    expect(platform.refused).toEqual([]);
  });

  it('blames a last row alone when rows before it were taken by an earlier attempt', async () => {
    const platform = new Platform(new Set([9]));
    await platform.deliver(10, { fromUser: 9 });
    expect(platform.refused).toEqual([9]);
  });

  it('stops when a platform that has taken rows refuses all others one by one', async () => {
    const platform = new Platform(new Set(all(1_000).slice(500)));
    await expect(platform.deliver(1_000)).rejects.toBeInstanceOf(RequestRejectedError);
    expect(platform.members).toEqual(all(500));
    expect(platform.refused.length).toBeLessThan(60);
  });

  it('halves chunks that are too large, and blames a row that is too large alone', async () => {
    const platform = new Platform(new Set([5]), { most: 3 });
    await platform.deliver(12);
    expect([platform.refused, platform.members]).toEqual([[5], without(12, [5])]);
    const none = new Platform(new Set(), { most: 0 });
    await expect(none.deliver(2)).rejects.toBeInstanceOf(ChunkTooLargeError);
  });

  it('ends at any other error', async () => {
    const platform = new Platform(new Set());
    platform.broken = new PlatformUnavailableError('down');
    await expect(platform.deliver(10)).rejects.toBe(platform.broken);
    expect(platform.requests).toBe(1);
  });
});
