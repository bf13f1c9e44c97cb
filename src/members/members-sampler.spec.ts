import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { AnalysisGround, madeUpPeople } from '../../test/support/analysis-ground.js';
import { members } from '../storage/member-schema.js';
import { ALL_KEYS, type KeyRange, keyRange } from './key-range.js';
import { MemberReader } from './member-facts.js';
import { MembersSampler } from './members-sampler.js';

describe('samples of members', () => {
  let ground: AnalysisGround;
  let sampler: MembersSampler;

  beforeAll(async () => {
    ground = await AnalysisGround.open();
    sampler = new MembersSampler(ground.database, ground.cipher);
  });
  beforeEach(() => ground.database.query.delete(members));
  afterAll(() => ground.close());

  const emails = async (audience: number, range: KeyRange) => {
    const found: (string | undefined)[] = [];
    for await (const part of sampler.parts(audience, range)) found.push(...part.map(({ email }) => email));
    return found;
  };

  it('reads every member once, in small parts', async () => {
    const people = madeUpPeople(2_345);
    await ground.put(1, people);
    await ground.put(2, madeUpPeople(10, 'other'));
    const sizes: number[] = [];
    for await (const part of sampler.parts(1, ALL_KEYS)) sizes.push(part.length);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
    expect((await emails(1, ALL_KEYS)).sort()).toEqual(people.map(({ email }) => email).sort());
    expect(await sampler.count(1)).toBe(2_345);
    expect(await sampler.roughCount(1)).toEqual({ count: 2_345, isEstimate: false });
  });

  it('takes about the share that is wanted, of any kind of member alike', async () => {
    const count = 12_000;
    await ground.put(1, madeUpPeople(count));
    const range = keyRange(count, 3_000);
    expect(range.fraction).toBeCloseTo(0.25, 6);
    const sample = await emails(1, range);
    expect(await sampler.count(1, range)).toBe(sample.length);
    // Five standard deviations: chance alone does not fail this.
    expect(Math.abs(sample.length - 3_000)).toBeLessThan(240);
    const odd = sample.filter((email) => Number(/\d+/.exec(email!)![0]) % 2 === 1).length;
    expect(Math.abs(odd / sample.length - 0.5)).toBeLessThan(0.05);
  });

  it('finds the same people in two audiences, within a range of keys too', async () => {
    const people = madeUpPeople(8_000);
    await ground.put(1, people);
    await ground.put(2, [...people.slice(0, 4_000), ...madeUpPeople(500, 'other')]);
    expect(await sampler.common(1, 2, ALL_KEYS)).toBe(4_000);
    expect(await sampler.common(1, 3, ALL_KEYS)).toBe(0);
    const range = keyRange(8_000, 2_000);
    const common = await sampler.common(1, 2, range);
    expect(Math.abs(common / range.fraction - 4_000)).toBeLessThan(600);
  });

  it('wants all keys of few members, and some of any number of them', () => {
    expect(keyRange(10, 10)).toEqual({ fraction: 1 });
    expect(keyRange(1e12, 1).below).toEqual(Buffer.from([0, 0, 0, 1]));
    expect(keyRange(2, 1)).toEqual({ below: Buffer.from([128, 0, 0, 0]), fraction: 0.5 });
  });
});

describe('what figures may tell of a member', () => {
  const reader = new MemberReader();

  it('knows countries, currencies and amounts however they are written', () => {
    const purchase = { currency: ' eur', profit: ' 12.50 ', total7Days: -3 };
    const facts = reader.facts({ email: 'a@example.com', firstName: 'Ada', country: 'Germany', purchase });
    expect(facts).toEqual({
      country: 'DE',
      has: {
        email: true,
        phone: false,
        name: false,
        country: true,
        postalCode: false,
        edgeTagId: false,
        purchase: true,
      },
      purchase: { currency: 'EUR', profit: 12.5, total7Days: -3 },
    });
  });

  it('repeats nothing that is in no list, and takes no text for an amount', () => {
    const purchase = { currency: 'ada@example.com', profit: '0x10', total7Days: '1e400' };
    const facts = reader.facts({ country: 'ada@example.com', email: ' ', purchase });
    expect(facts.country).toBeUndefined();
    expect(facts.has.email).toBe(false);
    expect(Object.values(facts.purchase!).filter((value) => value !== undefined)).toHaveLength(0);
    expect(reader.facts({ purchase: { profit: 1e300 } }).purchase?.profit).toBeUndefined();
  });
});
