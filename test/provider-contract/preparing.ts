import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { IDENTIFIER_FIELDS, REASON_WORDS } from '../../src/providers/contract/rejection-vocabulary.js';
import { AWKWARD_USERS } from './awkward-users.js';
import type { ContractBench } from './describe-provider.js';

/** Preparing is pure: every user becomes a row or a rejection, whatever its values are. */
export function describePreparing({ provider }: ContractBench): void {
  const prepare = (users: readonly AudienceUser[]) => provider().prepare(users, 'default');

  describe('preparing', () => {
    it('makes nothing of nothing', () => {
      expect(prepare([])).toMatchObject({ rows: [], rejections: [] });
    });

    it('makes a row or a rejection of every user, in the order of the users', () => {
      const { rows, rejections } = prepare(AWKWARD_USERS);
      const withRow = rows.map(({ user }) => user);
      const skipped = rejections.filter(({ field }) => field === undefined).map(({ user }) => user);
      expect(withRow).toEqual([...withRow].sort((a, b) => a - b));
      expect([...withRow, ...skipped].sort((a, b) => a - b)).toEqual(AWKWARD_USERS.map((_, index) => index));
    });

    it('names rejections by words of the fixed vocabulary', () => {
      const { rejections } = prepare(AWKWARD_USERS);
      expect(rejections.length).toBeGreaterThan(0);
      expect(rejections.filter(({ reason }) => !REASON_WORDS.includes(reason))).toEqual([]);
      expect(rejections.filter(({ field }) => field !== undefined && !IDENTIFIER_FIELDS.includes(field))).toEqual([]);
      expect(Object.keys(Object.assign({}, ...rejections) as object).sort()).toEqual(['field', 'reason', 'user']);
    });

    it('gives the same for the same users and changes none of them', () => {
      const users = AWKWARD_USERS.map((user) => Object.freeze({ ...user }));
      expect(prepare(users)).toEqual(prepare(users));
    });

    it('never sends the digest of nothing', () => {
      const rows = JSON.stringify(prepare(AWKWARD_USERS).rows);
      expect(rows).not.toContain('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    });

    it('keeps its limits known and its own', () => {
      const { limits, rowBytes } = provider();
      expect(limits.rowsPerChunk).toBeGreaterThan(0);
      expect(limits.callsPerMinute).toBeGreaterThan(0);
      expect(limits.bytesPerChunk === undefined || rowBytes !== undefined).toBe(true);
    });
  });
}
