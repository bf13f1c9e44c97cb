import { describe, expect, it } from '@jest/globals';
import { rowsAtFault } from './twitter.refusal.js';

const ERROR = { code: 'INVALID_PARAMETER', message: 'no', parameter: 'email' };
const refused = (...rows: number[]) => rows.map((row) => ({ row, reason: 'refused-by-platform' }));

describe('rowsAtFault', () => {
  it.each<[string, unknown[], number, number[]]>([
    ['lists of errors', [[], [ERROR], []], 3, [1]],
    ['errors', [{}, ERROR, ERROR], 3, [1, 2]],
    ['nothing for the others', [null, [ERROR], undefined], 3, [1]],
    ['the only row', [[ERROR]], 1, [0]],
    ['no operation', [], 3, []],
    ['fewer operations than were sent', [[ERROR]], 3, []],
    ['every operation', [[ERROR], [ERROR]], 2, []],
    ['empty errors', [[{}], [[]]], 2, []],
  ])('of %s', (_, operationErrors, rows, expected) => {
    expect(rowsAtFault(operationErrors, rows)).toEqual(refused(...expected));
  });

  it('names none of the users that share an operation', () => {
    const operationErrors = Array.from({ length: 1_251 }, (_, at) => (at === 7 ? [ERROR] : []));
    expect(rowsAtFault(operationErrors, 2_501)).toEqual([]);
  });
});
