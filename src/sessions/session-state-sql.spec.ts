import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { v7 as uuid } from 'uuid';
import { createTestDatabase, type TestDatabase } from '../../test/support/test-database.js';
import { DELIVERY_STATES } from '../deliveries/delivery-state.js';
import { Database } from '../storage/database.js';
import { batches, deliveries, sessions } from '../storage/schema.js';
import { certainSequences, firstOfGaps } from './missing-batches.js';
import { SESSION_STATES, sessionState } from './session-progress.js';
import { SessionReportsRepository } from './session-reports.repository.js';

const HOUR = 3_600_000;
const now = new Date('2026-11-20T10:00:00.000Z');
const time = { now, ttlHours: 72 };

/** A batch by its age and the states of its deliveries. */
const batchOf = fc.record({
  ageMs: fc.constantFrom(0, 71 * HOUR, 72 * HOUR - 1, 72 * HOUR, 72 * HOUR + 1, 500 * HOUR),
  states: fc.uniqueArray(fc.constantFrom(...DELIVERY_STATES), { minLength: 1, maxLength: 3 }),
});
const sessionOf = fc.record({ came: fc.array(batchOf, { minLength: 1, maxLength: 4 }), missing: fc.nat(2) });
type TestSession = typeof sessionOf extends fc.Arbitrary<infer T> ? T : never;

/** What the database says of sessions, held against the pure functions on the very same rows. */
describe('session states in SQL', () => {
  let place: TestDatabase;
  let database: Database;
  let repository: SessionReportsRepository;

  beforeAll(async () => {
    place = await createTestDatabase();
    database = await Database.open({ databaseUrl: place.url, dataDir: '' });
    repository = new SessionReportsRepository(database);
  });
  afterAll(async () => {
    await database?.close();
    await place.drop();
  });
  beforeEach(() => place.query('truncate sessions, batches, deliveries cascade'));

  async function insertSession(totalBatches: number, createdAt = now): Promise<string> {
    const id = uuid({ msecs: createdAt.getTime() });
    const identity = { name: 'Any', type: 'custom' as const, sessionId: ++lastSessionId, totalUsers: 1 };
    await database.query.insert(sessions).values({ id, ...identity, totalBatches, createdAt });
    return id;
  }
  let lastSessionId = 0;

  async function insertBatch(session: string, sequence: number, createdAt = now): Promise<string> {
    const id = uuid();
    const content = { fingerprint: Buffer.alloc(1), userCount: 1 };
    await database.query.insert(batches).values({ id, session, sequence, ...content, createdAt });
    return id;
  }

  async function insert({ came, missing }: TestSession): Promise<string> {
    const session = await insertSession(came.length + missing);
    for (const [sequence, { ageMs, states }] of came.entries()) {
      const batch = await insertBatch(session, sequence, new Date(now.getTime() - ageMs));
      const rows = states.map((state) => {
        const target = { provider: 'facebook', tag: state, segment: 'Any' };
        return { id: uuid(), session, batch, ...target, state, received: 1, createdAt: now, queuedAt: now };
      });
      await database.query.insert(deliveries).values(rows);
    }
    return session;
  }

  function stateOf({ came, missing }: TestSession) {
    const states = came.flatMap((batch) => batch.states);
    const youngest = Math.min(...came.map(({ ageMs }) => ageMs));
    const counts = {
      totalBatches: came.length + missing,
      batchesReceived: came.length,
      totalUsers: 1,
      usersReceived: 1,
    };
    const deliveries = Object.fromEntries(states.map((state) => [state, 1]));
    return sessionState({ ...counts, lastBatchAt: new Date(now.getTime() - youngest), deliveries }, time);
  }

  it('are those of sessionState, in the list and in the counts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sessionOf, { minLength: 1, maxLength: 6 }), async (made) => {
        await place.query('truncate sessions, batches, deliveries cascade');
        const expected = new Map<string, string>();
        for (const session of made) expected.set(await insert(session), stateOf(session));
        const found = new Map<string, string>();
        for (const state of SESSION_STATES) {
          for (const { id } of await repository.list({ state }, time, undefined, 100)) found.set(id, state);
        }
        expect(Object.fromEntries(found)).toEqual(Object.fromEntries(expected));
        const counted = await repository.countByState(time, 7);
        const states = [...expected.values()];
        for (const [state, count] of counted)
          expect([state, count]).toEqual([state, states.filter((s) => s === state).length]);
        expect([...counted.values()].reduce((sum, count) => sum + count, 0)).toBe(made.length);
      }),
      { numRuns: 40 },
    );
  });

  it('are counted of the last days alone', async () => {
    for (const days of [0, 6.99, 7.01, 400]) await insertSession(1, new Date(now.getTime() - days * 24 * HOUR));
    expect([...(await repository.countByState(time, 7))]).toEqual([['receiving', 2]]);
  });

  it('goes page by page within a state', async () => {
    const completed: string[] = [];
    for (const state of ['succeeded', 'failed', 'succeeded', 'failed', 'succeeded'] as const) {
      const id = await insert({ came: [{ ageMs: 0, states: [state] }], missing: 0 });
      if (state === 'succeeded') completed.push(id);
    }
    const first = await repository.list({ state: 'completed' }, time, undefined, 2);
    const second = await repository.list({ state: 'completed' }, time, first.at(-1)!.id, 2);
    expect([first.length, ...[...first, ...second].map(({ id }) => id)]).toEqual([2, ...completed.sort().reverse()]);
  });

  it('finds the missing sequences of any session', async () => {
    const subset = fc.record({ total: fc.integer({ min: 1, max: 12 }), from: fc.constantFrom(0, 1) }).chain((session) =>
      fc.record({
        session: fc.constant(session),
        came: fc.uniqueArray(fc.integer({ min: session.from, max: session.from + session.total - 1 }), {
          minLength: 1,
        }),
      }),
    );
    await fc.assert(
      fc.asyncProperty(subset, async ({ session: { total }, came }) => {
        const id = await insertSession(total);
        for (const sequence of came) await insertBatch(id, sequence);
        const bounds = await repository.sequenceBounds(id);
        expect(bounds).toEqual({ first: Math.min(...came), last: Math.max(...came) });
        const certain = certainSequences(bounds, total);
        const all = Array.from({ length: certain.to - certain.from + 1 }, (_, index) => certain.from + index);
        expect(firstOfGaps(await repository.gaps(id, certain))).toEqual(all.filter((one) => !came.includes(one)));
      }),
      { numRuns: 40 },
    );
  });
});
