import { describe, expect, it } from '@jest/globals';
import { validateSync } from 'class-validator';
import { findUserMistakes } from './user-check.js';
import { IsUsersArray } from './users-part.js';

class Holder {
  @IsUsersArray()
  users: unknown;
}

function isValid(users: unknown): boolean {
  const holder = new Holder();
  holder.users = users;
  return validateSync(holder).length === 0;
}

describe('IsUsersArray', () => {
  it('takes every field, absent ones in all their forms, and fields it does not know', () => {
    const whole = {
      edgeTagId: 'e1',
      email: 'ann@example.com',
      phone: '+12025550143',
      firstName: 'Ann',
      lastName: 'Example',
      country: 'US',
      postalCode: '20500',
      purchase: { currency: 'USD', profit: 1.5, total7Days: '2.50', more: 1 },
      unknown: { deep: [1] },
    };
    const fields = Object.keys(whole);
    const allAre = (value: unknown) => Object.fromEntries(fields.map((field) => [field, value]));
    expect(
      isValid([whole, {}, allAre(null), allAre(''), { purchase: { currency: null, profit: '', total7Days: null } }]),
    ).toBe(true);
  });

  it.each([undefined, null, {}, 'text', []])('refuses %j in place of a filled array', (users) => {
    expect(isValid(users)).toBe(false);
    expect(findUserMistakes(users)).toEqual({
      first: [{ field: '', message: 'must be a JSON array of at least one object' }],
      total: 1,
    });
  });

  it.each([
    [null, '', 'must be an object'],
    [[], '', 'must be an object'],
    ['ann', '', 'must be an object'],
    [{ email: 1 }, '.email', 'must be a string'],
    [{ phone: {} }, '.phone', 'must be a string'],
    [{ edgeTagId: false }, '.edgeTagId', 'must be a string'],
    [{ firstName: 'x'.repeat(1_001) }, '.firstName', 'must have at most 1000 characters'],
    [{ purchase: 5 }, '.purchase', 'must be an object'],
    [{ purchase: [] }, '.purchase', 'must be an object'],
    [{ purchase: 'much' }, '.purchase', 'must be an object'],
    [{ purchase: { currency: 840 } }, '.purchase.currency', 'must be a string'],
    [{ purchase: { profit: true } }, '.purchase.profit', 'must be a number or a string'],
    [{ purchase: { total7Days: Infinity } }, '.purchase.total7Days', 'must be a number or a string'],
  ])('names the mistake in %j', (user, field, message) => {
    expect(isValid([{ email: 'a@example.com' }, user])).toBe(false);
    expect(findUserMistakes([{ email: 'a@example.com' }, user])).toEqual({
      first: [{ field: `[1]${field}`, message }],
      total: 1,
    });
  });

  it('takes 1,000 characters, however many bytes they have', () => {
    expect(isValid([{ lastName: '😀'.repeat(1_000) }])).toBe(true);
    expect(isValid([{ lastName: '😀'.repeat(1_001) }])).toBe(false);
  });

  it('shows the first 20 mistakes and counts all', () => {
    const { first, total } = findUserMistakes(
      Array.from({ length: 1_000 }, () => ({ email: 1, phone: 2, country: 'US' })),
    );
    expect(total).toBe(2_000);
    expect(first).toHaveLength(20);
    expect(first.at(-1)).toEqual({ field: '[9].phone', message: 'must be a string' });
  });

  it('finds a mistake for whatever the check refuses', () => {
    const values = [1, 'x'.repeat(1_001), true, [], {}, '', null, undefined, 'text', -0.5];
    const fields = ['edgeTagId', 'email', 'phone', 'firstName', 'lastName', 'country', 'postalCode', 'purchase'];
    const users = values.flatMap((value) => [
      ...fields.map((field) => ({ [field]: value })),
      ...['currency', 'profit', 'total7Days'].map((field) => ({ purchase: { [field]: value } })),
      value,
    ]);
    const disagreeing = users.filter((user) => isValid([user]) !== (findUserMistakes([user]).total === 0));
    expect(disagreeing).toEqual([]);
  });
});
