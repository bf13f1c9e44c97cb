import { describe, expect, it } from '@jest/globals';
import { causesOfRepeats, type Causes, type Chunk, chunkHistories, sentAfterRecord } from './repeats.js';
import type { Upload } from './upload-log.js';

const chunk: Chunk = {
  ...{ tag: 'tiktok/default', sessionId: 5, sequence: 1, firstUser: 1_000, endUser: 2_000 },
  ...{ sent: 990, recordedAt: 100_000 },
};
const sent = (at: number, change: Partial<Upload> = {}): Upload => ({
  ...{ tag: 'tiktok/default', audience: '7', rows: 990, at, sender: 41, isAnswerLost: false },
  place: { sessionId: 5, sequence: 1, user: 1_003 },
  ...change,
});
const nothing: Causes = { kills: [], outages: [] };
const causes = (uploads: Upload[], given: Partial<Causes> = {}) =>
  causesOfRepeats(chunkHistories([chunk], uploads).histories, { ...nothing, ...given });

/** What the fault suite concludes from what it saw. */
describe('repeats of a chunk', () => {
  it('are none where it was sent once', () => {
    expect(causes([sent(99_000)])).toEqual([]);
  });

  it('are unexplained where nothing happened', () => {
    expect(causes([sent(80_000), sent(99_000, { sender: 42 })])).toEqual(['unexplained']);
  });

  it('come from the kill of the worker that waited for the answer, and of no other', () => {
    const uploads = [sent(80_000), sent(99_000, { sender: 42 })];
    expect(causes(uploads, { kills: [{ role: 'worker', pid: 41, at: 80_050 }] })).toEqual(['kill']);
    expect(causes(uploads, { kills: [{ role: 'worker', pid: 42, at: 80_050 }] })).toEqual(['unexplained']);
    expect(causes(uploads, { kills: [{ role: 'worker', pid: 41, at: 99_500 }] })).toEqual(['unexplained']);
  });

  it('come from an answer that the platform cut off, once for each', () => {
    const lost = sent(80_000, { isAnswerLost: true });
    expect(causes([sent(99_000), sent(90_000), lost])).toEqual(['lost answer', 'unexplained']);
  });

  it('come from a database that was away shortly before or meanwhile', () => {
    const uploads = [sent(80_000), sent(99_000)];
    expect(causes(uploads, { outages: [{ from: 79_000, to: 79_500 }] })).toEqual(['outage']);
    expect(causes(uploads, { outages: [{ from: 90_000, to: 91_000 }] })).toEqual(['outage']);
    expect(causes(uploads, { outages: [{ from: 50_000, to: 52_000 }] })).toEqual(['unexplained']);
    expect(causes(uploads, { outages: [{ from: 99_100, to: 99_500 }] })).toEqual(['unexplained']);
  });

  it('are told apart from uploads after the record', () => {
    const late = sent(100_001);
    expect(sentAfterRecord(chunkHistories([chunk], [sent(99_000), late]).histories)).toEqual([late]);
  });

  it('are not looked for where an upload belongs to no recorded chunk', () => {
    const stray = sent(99_000, { place: { sessionId: 5, sequence: 1, user: 2_000 } });
    expect(chunkHistories([chunk], [stray])).toEqual({ histories: [{ chunk, uploads: [] }], strays: [stray] });
  });
});
