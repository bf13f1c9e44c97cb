import { describe, expect, it } from '@jest/globals';
import { toAudienceUsers } from './read-users.js';

describe('toAudienceUsers', () => {
  it('keeps what says something, as it came', () => {
    const raw = [
      { email: ' Ann@Example.com ', phone: null, firstName: '', country: 'US', other: 1 },
      { purchase: { currency: '', profit: 0, total7Days: '0', other: 1 } },
      { purchase: { currency: '', profit: null }, postalCode: '0' },
      { purchase: '' },
      {},
    ];
    expect(toAudienceUsers(raw)).toEqual([
      { email: ' Ann@Example.com ', country: 'US' },
      { purchase: { profit: 0, total7Days: '0' } },
      { postalCode: '0' },
      {},
      {},
    ]);
  });

  it('takes nothing from a key that looks like a prototype', () => {
    const raw = JSON.parse(
      '[{"__proto__":{"email":"x@example.com"},"constructor":{"prototype":{"phone":"1"}}}]',
    ) as unknown[];
    const [user] = toAudienceUsers(raw);
    expect(user).toEqual({});
    expect(user?.email).toBeUndefined();
    expect(Object.getPrototypeOf(user)).toBe(Object.prototype);
    expect(({} as Record<string, unknown>).email).toBeUndefined();
  });
});
