import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../../providers/contract/audience-user.js';
import { BatchFacts } from './batch-facts.js';
import { batchWarnings } from './batch-warnings.js';
import type { RejectionShare } from './tag-warnings.js';
import { tagWarnings } from './tag-warnings.js';
import { shareOf } from './warning-words.js';

describe('shareOf', () => {
  it.each([
    [91, 100, '91 %'],
    [1, 3, '33 %'],
    [1, 100_000, '1 %'],
    [99_999, 100_000, '99 %'],
    [100_000, 100_000, '100 %'],
  ])('says %i of %i as %s', (part, whole, percent) => {
    expect(shareOf(part, whole, 'phones')).toBe(`${percent} of phones`);
  });
});

describe('tagWarnings', () => {
  const warn = (share: Partial<RejectionShare>) =>
    tagWarnings('klaviyo/default', [{ reason: 'invalid-format', users: 91, of: 100, ...share }]);

  it.each<[Partial<RejectionShare>, string]>([
    [
      { reason: 'no-usable-identifier', users: 34 },
      '34 % of users have no identifier that klaviyo/default can use (34 of 100)',
    ],
    [
      { field: 'phone', reason: 'missing-country' },
      '91 % of phones have no country code, and their users no country (91 of 100)',
    ],
    [{ field: 'email', users: 6, of: 50 }, '12 % of e-mail addresses are not addresses (6 of 50)'],
    [{ field: 'phone' }, '91 % of phones are not phone numbers (91 of 100)'],
    [{ field: 'purchase' }, '91 % of purchases have an amount or a currency that cannot be read (91 of 100)'],
    [{ field: 'firstName' }, '91 % of first names are in no form that klaviyo/default can use (91 of 100)'],
    [
      { field: 'email', reason: 'digest-not-accepted' },
      '91 % of e-mail addresses are SHA-256 digests, where klaviyo/default needs the plain value (91 of 100)',
    ],
    [
      { field: 'phone', reason: 'unsupported-country' },
      '91 % of phones are of countries that klaviyo/default does not serve (91 of 100)',
    ],
    [{ field: 'country', reason: 'unknown-country' }, '91 % of countries are in no list of countries (91 of 100)'],
    [
      { field: 'edgeTagId', reason: 'looks-like-personal-data' },
      '91 % of edgeTagIds look like an e-mail address or a phone number, and would be sent plain (91 of 100)',
    ],
  ])('says %j in words', (share, warning) => {
    expect(warn(share)).toEqual([warning]);
  });

  it('is silent below the least shares: one user in a hundred, one value in twenty', () => {
    expect(warn({ users: 9, of: 1_000 })).toEqual([]);
    expect(warn({ users: 10, of: 1_000 })).toHaveLength(1);
    expect(warn({ field: 'email', users: 49, of: 1_000 })).toEqual([]);
    expect(warn({ field: 'email', users: 50, of: 1_000 })).toHaveLength(1);
  });
});

describe('batchWarnings', () => {
  const factsOf = (...parts: AudienceUser[][]) => {
    const facts = new BatchFacts();
    parts.forEach((part) => facts.add(part));
    return facts;
  };
  const totals = (totalBatches: number, totalUsers: number, users: number) =>
    batchWarnings({ sessionId: 1, sequence: 1, totalBatches, totalUsers }, users, new BatchFacts(), 100);

  it.each([
    [1, 5, 2, 'totalUsers says 5, but 2 came in the only batch'],
    [3, 5, 6, 'totalUsers says 5, but 6 came in this batch alone'],
    [3, 5, 4, 'totalUsers leaves 1 for the other batches (2), each of which has at least one user'],
    [3, 302, 101, 'totalUsers leaves 201 for the other batches (2), each of which has at most 100 users'],
  ])('tells that %i batches and %i users do not fit %i users here', (batches, totalUsers, users, warning) => {
    expect(totals(batches, totalUsers, users)).toEqual([warning]);
  });

  it.each([
    [1, 2, 2],
    [3, 4, 2],
    [3, 202, 2],
  ])('finds nothing odd in %i batches and %i users with %i users here', (batches, totalUsers, users) => {
    expect(totals(batches, totalUsers, users)).toEqual([]);
  });

  it('tells which addresses and numbers stand twice, over all parts of the batch', () => {
    const facts = factsOf(
      [{ email: 'ada@example.com', phone: '+1 202 555 0143' }, { email: ' ADA@example.com' }],
      [{ email: 'grace@example.com', phone: '+12025550143' }, { firstName: 'Ada' }],
    );
    expect(batchWarnings({ sessionId: 1, sequence: 1, totalBatches: 1, totalUsers: 4 }, 4, facts, 100)).toEqual([
      '33 % of e-mail addresses are those of an earlier user (1 of 3)',
      '50 % of phones are those of an earlier user (1 of 2)',
    ]);
  });

  it('takes nothing for the same that is merely absent, and tells nothing below one in a hundred', () => {
    const users = Array.from({ length: 201 }, (_, at) => ({ email: `user-${at % 200}@example.com`, phone: '-' }));
    const facts = factsOf(users, [{}, {}]);
    expect([facts.count('email'), facts.repeated('email'), facts.repeated('phone')]).toEqual([201, 1, 0]);
    expect(batchWarnings({ sessionId: 1, sequence: 1, totalBatches: 1, totalUsers: 203 }, 203, facts, 300)).toEqual([]);
  });
});

describe('BatchFacts', () => {
  it('counts who gave which field', () => {
    const facts = new BatchFacts();
    facts.add([
      { email: 'a@example.com', purchase: { profit: 0 } },
      { email: 'b@example.com', country: 'US' },
    ]);
    const fields = [
      'edgeTagId',
      'email',
      'phone',
      'firstName',
      'lastName',
      'country',
      'postalCode',
      'purchase',
    ] as const;
    expect(fields.map((field) => facts.count(field))).toEqual([0, 2, 0, 0, 0, 1, 0, 1]);
  });
});
