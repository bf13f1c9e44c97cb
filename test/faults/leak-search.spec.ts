import { describe, expect, it } from '@jest/globals';
import { madeUpInput } from './input.js';
import { LeakSearch } from './leak-search.js';

/** What the fault suite looks for in the database and in the logs. */
describe('LeakSearch', () => {
  const search = new LeakSearch(madeUpInput(1), ['key-of-the-run']);

  it.each([
    ['an address', 'sent to wqxz4@faults.example'],
    ['a name', '{"firstName":"wqxze"}'],
    ['a phone number', 'called +14152000004 twice'],
    ['a phone number without its plus', '"14152000004"'],
    // printf +14152000004 | sha256sum
    ['a digest', '["557938da0d5fe97aa981ef5c6443f7bd9d7d86aeec4763ac932bf359df9a3fd2"]'],
    ['a secret', 'sealed with key-of-the-run'],
  ])('finds %s', (_, text) => {
    expect(search.in(`before ${text} after`)).toHaveLength(1);
  });

  it('finds nothing in what is nobody’s', () => {
    expect(search.in(`+14159999999 0a14152000004f ${'a'.repeat(64)}`)).toEqual([]);
  });
});
