import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { MembersStore } from '../src/members/members-store.js';
import { membersOf, person, SessionOfBatches, storedCounts, untilCounted, untilMirrored } from './support/mirrors.js';
import { startService, type TestService } from './support/service.js';

const PLATFORMS = ['facebook', 'klaviyo'] as const;
const PEOPLE = 12;

/** One session: whom each of its batches brings, the order in which they come, and who has bought something since. */
interface Step {
  readonly mode: 'append' | 'mirror' | 'remove';
  readonly batches: readonly (readonly number[])[];
  readonly isReversed: boolean;
  readonly changed: readonly number[];
}

const step: fc.Arbitrary<Step> = fc.record({
  mode: fc.constantFrom('append' as const, 'mirror' as const, 'mirror' as const, 'remove' as const),
  batches: fc.array(fc.array(fc.nat(PEOPLE - 1), { minLength: 1, maxLength: 8 }), { minLength: 1, maxLength: 3 }),
  isReversed: fc.boolean(),
  changed: fc.uniqueArray(fc.nat(PEOPLE - 1), { maxLength: 4 }),
});

describe('any sequence of sessions', () => {
  let service: TestService;
  let runs = 0;

  beforeAll(async () => {
    const sandbox = {
      facebook: { removalFloor: 0 },
      klaviyo: { rateLimits: false, smsEnabled: false, jobMs: 30 },
    };
    service = await startService({}, sandbox, PLATFORMS);
  });
  afterAll(() => service.stop());

  async function carryOut({ mode, batches, isReversed, changed }: Step, name: string, at: number): Promise<void> {
    const session = new SessionOfBatches(service.origin, { name, mode, totalBatches: batches.length });
    const calls = batches.map(
      (numbers, index) => () =>
        session.send(
          index + 1,
          numbers.map((one) => userOf(one, changed, at)),
        ),
    );
    if (isReversed) calls.reverse();
    // All but the first at once.
    expect((await calls[0]!()).status).toBe(200);
    for (const { status } of await Promise.all(calls.slice(1).map((call) => call()))) expect(status).toBe(200);
    await untilCounted(service.origin, session.location);
    if (mode === 'mirror') await untilMirrored(service, session.location);
  }

  async function stored(name: string): Promise<string[][]> {
    const audiences = await service.database.query(
      `select number from custom_audiences where name = 'blotout_${name}' order by provider`,
    );
    const all = audiences.map(async ({ number }) => {
      const found: string[] = [];
      for await (const slice of service.app.get(MembersStore).slices(Number(number))) {
        found.push(...slice.map(({ email }) => email!));
      }
      return found.sort();
    });
    return Promise.all(all);
  }

  it('ends with the same people on the platforms, in the members store and in the record', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 2, maxLength: 5 }), async (steps) => {
        const name = `Sequence ${++runs}`;
        let model = new Set<number>();
        for (const [at, one] of steps.entries()) {
          model = after(model, one);
          await carryOut(one, name, at);
          const expected = [...model].sort((left, right) => left - right);
          for (const platform of PLATFORMS) expect(membersOf(service.sandbox, platform, name)).toEqual(expected);
          const records = await storedCounts(service, name);
          expect(records.map(({ uploaded, members }) => [uploaded, members])).toEqual(
            records.map(() => [model.size, model.size]),
          );
          const addresses = expected.map((number) => person(number).email).sort();
          expect(await stored(name)).toEqual(records.map(() => addresses));
        }
      }),
      { numRuns: 6, endOnFailure: true },
    );
  }, 300_000);
});

function after(before: ReadonlySet<number>, { mode, batches }: Step): Set<number> {
  const given = new Set(batches.flat());
  if (mode === 'mirror') return given;
  return new Set(mode === 'append' ? [...before, ...given] : [...before].filter((one) => !given.has(one)));
}

/** What was bought changes a member, and not whom a platform takes for the same person. */
function userOf(number: number, changed: readonly number[], at: number): object {
  const purchase = { currency: 'USD', profit: at };
  return changed.includes(number) ? { ...person(number), purchase } : person(number);
}
