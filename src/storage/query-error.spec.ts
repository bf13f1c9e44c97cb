import { describe, expect, it } from '@jest/globals';
import { QueryError, sqlState } from './query-error.js';

describe('sqlState', () => {
  it('finds the code under any number of wrappers', () => {
    const cause = Object.assign(new Error('duplicate'), { code: '23505' });
    expect(sqlState(new Error('outer', { cause: new Error('middle', { cause }) }))).toBe('23505');
    expect(sqlState(new QueryError('select 1', '40001', undefined))).toBe('40001');
  });

  it('finds nothing in what is no error of a database', () => {
    expect(sqlState(new Error('plain'))).toBeUndefined();
    expect(sqlState('23505')).toBeUndefined();
  });
});
