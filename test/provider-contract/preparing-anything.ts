import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { SentIdentifier } from '../../src/providers/contract/audience-provider.js';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { anyText, anyUsers, digest, soundEmail, soundPhone } from './any-users.js';
import type { ContractBench } from './describe-provider.js';
import { IDENTIFIER_FIELDS, REASON_WORDS } from '../../src/providers/contract/rejection-vocabulary.js';

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
const HEX_DIGEST = /^[0-9a-f]{64}$/;
const HALF_PAIR = /\p{Cs}/u;
const RUNS = { numRuns: 200 };

/** What holds for every user that anybody could send. fast-check prints seed and user where it does not. */
export function describePreparingAnything({ facts, provider }: ContractBench): void {
  const prepare = (users: readonly AudienceUser[]) => provider().prepare(users, 'default');
  const sentOf = (users: readonly AudienceUser[]): SentIdentifier[] =>
    prepare(users).rows.flatMap(({ row }) => provider().identifiers(row, 'default'));
  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => void) =>
    fc.assert(fc.property(arbitrary, check), RUNS);

  describe('preparing anything', () => {
    it('makes a row or a rejection of every user, never both, in the order of the users', () => {
      holds(anyUsers, (users) => {
        const { rows, rejections } = prepare(users);
        const withRow = rows.map(({ user }) => user);
        const skipped = rejections.filter(({ field }) => field === undefined).map(({ user }) => user);
        expect(withRow).toEqual([...withRow].sort((a, b) => a - b));
        expect([...withRow, ...skipped].sort((a, b) => a - b)).toEqual(users.map((_, index) => index));
      });
    });

    it('rejects only fields that came, by words of the vocabulary, each once', () => {
      holds(anyUsers, (users) => {
        const { rejections } = prepare(users);
        const wrong = rejections.filter(
          ({ user, field, reason }) =>
            !REASON_WORDS.includes(reason) ||
            (field !== undefined && (!IDENTIFIER_FIELDS.includes(field) || !(field in users[user]!))),
        );
        expect(wrong).toEqual([]);
        const places = rejections.map(({ user, field }) => `${user} ${field}`);
        expect(new Set(places).size).toBe(places.length);
      });
    });

    it('makes of a user what it makes of it alone, whoever stands beside it', () => {
      holds(anyUsers, (users) => {
        const together = prepare(users.map((user) => Object.freeze(user)));
        const alone = users.map((user) => prepare([user]));
        expect(together.rows).toEqual(alone.flatMap(({ rows }, user) => rows.map(({ row }) => ({ user, row }))));
        expect(together.rejections).toEqual(
          alone.flatMap(({ rejections }, user) => rejections.map((rejection) => ({ ...rejection, user }))),
        );
      });
    });

    it('sends digests of 64 lower-case hex digits, none of them of nothing, and text that is UTF-8', () => {
      holds(anyUsers, (users) => {
        const wrong = sentOf(users).filter(({ value, hashed }) =>
          hashed ? value === EMPTY_SHA256 || !HEX_DIGEST.test(value) : value === '' || HALF_PAIR.test(value),
        );
        expect(wrong).toEqual([]);
      });
    });

    it('sends no address and no number plain, unless the platform wants it so', () => {
      const person = fc.record({ email: soundEmail, phone: soundPhone, edgeTagId: anyText });
      holds(person, ({ email, phone, edgeTagId }) => {
        const { rows } = prepare([{ email, phone, ...(edgeTagId && { edgeTagId }) }]);
        expect(rows).toHaveLength(1);
        const sent = JSON.stringify(rows);
        expect(sent.includes(email)).toBe(facts.plainFields.includes('email'));
        expect(sent.includes(phone.slice(1))).toBe(facts.plainFields.includes('phone'));
      });
    });

    it('sends the same for an address in any case and among any blanks', () => {
      const mixed = soundEmail.chain((email) => fc.mixedCase(fc.constant(email)).map((written) => [email, written]));
      const blank = fc.constantFrom('', ' ', '\t', '\r\n', '\u00a0');
      holds(fc.tuple(mixed, blank, blank), ([[email = '', written = ''], before, after]) => {
        expect(sentOf([{ email: before + written + after }])).toEqual(sentOf([{ email }]));
      });
    });

    it('sends the same for a number however it is grouped', () => {
      const separator = fc.constantFrom(' ', '-', '.', '');
      holds(fc.tuple(soundPhone, separator, separator, fc.boolean()), ([phone, first, second, isBracketed]) => {
        const [code, area, exchange, line] = [phone.slice(0, 2), phone.slice(2, 5), phone.slice(5, 8), phone.slice(8)];
        const grouped = `${code}${first}${isBracketed ? `(${area})` : area}${second}${exchange}${second}${line}`;
        expect(sentOf([{ phone: grouped }])).toEqual(sentOf([{ phone }]));
      });
    });

    it('passes digests on in lower case, or rejects them where values go plain', () => {
      const upper = fc.tuple(digest, fc.constantFrom('', ' ', '\n'));
      holds(upper, ([given, blank]) => {
        const { rows, rejections } = prepare([{ email: given + blank }]);
        if (facts.plainFields.includes('email')) {
          expect(rejections).toContainEqual({ user: 0, field: 'email', reason: 'digest-not-accepted' });
          expect(JSON.stringify(rows).toLowerCase()).not.toContain(given.toLowerCase());
        } else {
          const values = sentOf([{ email: given + blank }]).map(({ value }) => value);
          expect(values).toEqual([given.toLowerCase()]);
        }
      });
    });
  });
}
