import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { startService, type TestService } from './support/service.js';
import { batchOf, untilState, upload } from './support/upload.js';

const BATCHES = 4;

/** Each batch brings two that can be sent, one that cannot, and one of whom only a part can. */
const usersOf = (place: number) => [
  { email: `first-${place}@example.com`, edgeTagId: `edge-${place}` },
  { email: `second-${place}@example.com`, phone: '2025550143' },
  { firstName: `Nobody-${place}` },
];

/** Batches in the order in which they arrive, by place; those of one group together. */
type Arrival = readonly (readonly number[])[];

/** Every batch once at least, some again, in any order, one by one or many at once. */
const arrivals: fc.Arbitrary<Arrival> = fc
  .array(fc.nat(BATCHES - 1), { maxLength: BATCHES })
  .chain((repeats) => {
    const all = [...Array.from({ length: BATCHES }, (_, place) => place), ...repeats];
    return fc.tuple(
      fc.shuffledSubarray(
        all.map((place, index) => ({ place, index })),
        { minLength: all.length },
      ),
      fc.array(fc.integer({ min: 1, max: 5 }), { minLength: all.length, maxLength: all.length }),
    );
  })
  .map(([order, sizes]) => {
    const places = order.map(({ place }) => place);
    const groups: number[][] = [];
    for (let from = 0; from < places.length; from += groups.at(-1)!.length) {
      groups.push(places.slice(from, from + sizes[groups.length]!));
    }
    return groups;
  });

describe('batches in any order', () => {
  let service: TestService;
  let runs = 0;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());

  /** Uploads a session of its own and gives all that is to be told of it in the end. */
  async function uploaded(arrival: Arrival, from: 0 | 1) {
    const name = `Arrival ${++runs}`;
    const batch = batchOf({ totalBatches: BATCHES, totalUsers: BATCHES * 3 });
    const send = (place: number) =>
      upload(service.origin, { name, batch: { ...batch, sequence: place + from }, users: usersOf(place) });
    const answers = [];
    for (const group of arrival) answers.push(...(await Promise.all(group.map(send))));
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 200));
    const replays = answers.filter(({ headers }) => headers.get('idempotent-replay') === 'true');
    expect(replays).toHaveLength(answers.length - BATCHES);
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(1);

    const session = service.origin + answers[0]!.headers.get('location');
    const { body } = await untilState(session, 'completed');
    const { id, name: _, sessionId, createdAt, countsFrom, tags, ...told } = body;
    expect([typeof id, sessionId, typeof createdAt, countsFrom]).toEqual(['string', batch.sessionId, 'string', from]);
    const counts = (tags as Record<string, unknown>[]).map(({ audienceId, ...rest }) => [typeof audienceId, rest]);
    const rejections = await (await fetch(`${session}/rejections?format=csv`)).text();
    const places = rejections.replaceAll(/^\d+/gm, (sequence) => String(Number(sequence) - from));
    const [audience, ...others] = service.sandbox.facebook
      .audiences({ members: true })
      .filter((one) => one.name === `blotout_${name}`);
    expect(others).toEqual([]);
    const members = audience!.members!.map(({ columns }) => JSON.stringify(columns)).sort();
    return { told, counts, places, members, rowsReceived: audience!.rowsReceived };
  }

  it('make the same session, counts, rejections and members, however often and together they come', async () => {
    const inOrder = await uploaded([[0], [1], [2], [3]], 1);
    expect(inOrder.told).toMatchObject({
      state: 'completed',
      batchesReceived: BATCHES,
      usersReceived: 12,
      missing: [],
    });
    expect(inOrder.told.warnings).toEqual([]);
    expect(inOrder.counts).toMatchObject([
      ['string', { received: 12, accepted: 8, skipped: 4, rejected: 0, pending: 0 }],
    ]);
    expect(inOrder.members).toHaveLength(8);
    expect(inOrder.rowsReceived).toBe(8);
    await fc.assert(
      fc.asyncProperty(arrivals, fc.constantFrom(0 as const, 1 as const), async (arrival, from) => {
        expect(await uploaded(arrival, from)).toEqual(inOrder);
      }),
      { numRuns: 12, endOnFailure: true },
    );
  }, 180_000);
});
