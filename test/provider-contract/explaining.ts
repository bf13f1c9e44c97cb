import { describe, expect, it } from '@jest/globals';
import { hash } from 'node:crypto';
import {
  AUDIENCE_PROVIDERS,
  type AudienceProvider,
  type IdentifierField,
  type Rejection,
} from '../../src/providers/contract/audience-provider.js';
import type { AudienceUser } from '../../src/providers/contract/audience-user.js';
import { AWKWARD_USERS } from './awkward-users.js';
import type { ContractBench } from './describe-provider.js';

interface Step {
  readonly field: IdentifierField;
  readonly rule: string;
  readonly result: string;
}

/** What previews show: all that is sent of a user, and how each value came to be what it is. */
export function describeExplaining({ facts, service }: ContractBench): void {
  const provider = (): AudienceProvider => {
    const all = service().app.get<readonly AudienceProvider[]>(AUDIENCE_PROVIDERS);
    return all.find(({ id }) => id === facts.id)!;
  };
  const prepare = (users: readonly AudienceUser[]) => provider().prepare(users, 'default');
  const explain = (user: AudienceUser) => {
    const steps: Step[] = [];
    const step = (...[field, rule, result]: [IdentifierField, string, string]) =>
      void steps.push({ field, rule, result });
    return { ...pick(provider().prepare([user], 'default', { step })), steps };
  };
  const identifiersOf = (row: unknown) => provider().identifiers(row, 'default');

  describe('explaining', () => {
    it('makes of each user what it makes of it alone, so that a batch can be looked at in parts', () => {
      const alone = AWKWARD_USERS.map((user) => pick(prepare([user])));
      const rows = alone.flatMap((one, user) => one.rows.map(({ row }) => ({ user, row })));
      const rejections = alone.flatMap((one, user) => one.rejections.map((rejection) => ({ ...rejection, user })));
      const together = prepare(AWKWARD_USERS);
      expect(together.rows).toEqual(rows);
      expect(inOrder(together.rejections)).toEqual(inOrder(rejections));
    });

    it('tells all that a row holds of its user, and nothing else', () => {
      const rows = prepare(AWKWARD_USERS).rows.map(({ row }) => row);
      const held = rows.map((row) => leavesOf(row, new Set(identifiersOf(row).map(({ value }) => value))));
      const common = [...held[0]!].filter((value) => held.every((values) => values.has(value)));
      expect(rows.length).toBeGreaterThan(20);
      rows.forEach((row, index) => {
        const identifiers = identifiersOf(row);
        const values = new Set(identifiers.map(({ value }) => value));
        expect([...held[index]!].filter((value) => !values.has(value) && !common.includes(value))).toEqual([]);
        expect([...values].filter((value) => !held[index]!.has(value))).toEqual([]);
        expect(
          identifiers.filter(({ name, hashed, value }) => !name || (hashed && !/^[0-9a-f]{64}$/.test(value))),
        ).toEqual([]);
      });
    });

    it('comes to the same with a listener as without one', () => {
      for (const user of AWKWARD_USERS) {
        const { rows, rejections } = explain(user);
        expect({ rows, rejections }).toEqual(pick(prepare([user])));
      }
    });

    it('tells every step from the value that was given to the normal form that is sent, or whose digest is', () => {
      let sent = 0;
      for (const user of AWKWARD_USERS) {
        const { rows, steps } = explain(user);
        for (const { name, value, hashed } of rows.flatMap(({ row }) => identifiersOf(row))) {
          const last = steps.findIndex(({ result }) => result === value);
          expect([user, name, last >= 0]).toEqual([user, name, true]);
          if (hashed) expect([user, name, isDigestOf(value, steps, last)]).toEqual([user, name, true]);
          sent += 1;
        }
        for (const field of new Set(steps.map((step) => step.field))) {
          const first = steps.find((step) => step.field === field)!;
          if (field !== 'purchase') expect([first.rule, first.result]).toEqual(['as given', user[field]]);
        }
      }
      expect(sent).toBeGreaterThan(20);
    });

    it('tells nothing of a field only where the field makes no difference', () => {
      for (const user of AWKWARD_USERS) {
        const { rows, rejections, steps } = explain(user);
        const told = new Set(steps.map(({ field }) => field));
        for (const field of (Object.keys(user) as IdentifierField[]).filter((each) => !told.has(each))) {
          const without = pick(prepare([{ ...user, [field]: undefined }]));
          expect([user, field, without]).toEqual([user, field, { rows, rejections }]);
        }
      }
    });

    it('tells why an identifier is left out, in words and with the reason', () => {
      for (const user of AWKWARD_USERS) {
        const { rejections, steps } = explain(user);
        for (const { field, reason } of rejections.filter((rejection) => rejection.field !== undefined)) {
          const refusal = expect.stringMatching(/^refused: \w+/);
          expect([user, steps]).toEqual([user, expect.arrayContaining([{ field, rule: refusal, result: reason }])]);
        }
      }
    });
  });
}

/** Without whatever else an implementation keeps beside them. */
function pick<T extends { rows: unknown; rejections: unknown }>({
  rows,
  rejections,
}: T): Pick<T, 'rows' | 'rejections'> {
  return { rows, rejections };
}

function inOrder(rejections: readonly Rejection[]): Rejection[] {
  return [...rejections].sort((a, b) => a.user - b.user);
}

/** The digest of the step before it, or what was given as one. */
function isDigestOf(digest: string, steps: readonly Step[], at: number): boolean {
  const before = steps.slice(0, at).findLast(({ field }) => field === steps[at]!.field)?.result;
  const normal = before ?? steps[at]!.result;
  return hash('sha256', normal) === digest || normal.trim().toLowerCase() === digest;
}

/** Every text and number within a row, whatever its shape; JSON that was written out already, whole or a part, is looked into. */
function leavesOf(value: unknown, whole: ReadonlySet<string>): Set<string> {
  if (value === null || value === undefined || value === '') return new Set();
  if (typeof value === 'object') return new Set(Object.values(value).flatMap((each) => [...leavesOf(each, whole)]));
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  if (whole.has(text)) return new Set([text]);
  const inner = writtenOut(text);
  return typeof inner === 'object' ? leavesOf(inner, whole) : new Set([typeof inner === 'string' ? inner : text]);
}

/** What a text says as JSON: an object, members of one with the comma before them, or what stands between two quotes. */
function writtenOut(text: string): unknown {
  const members = `{${text.slice(1)}}`;
  const forms = /^[{[]/.test(text)
    ? [text, `"${text}"`]
    : text.startsWith(',"')
      ? [members, `${members}}`]
      : [`"${text}"`];
  for (const form of forms) {
    try {
      return JSON.parse(form) as unknown;
    } catch {
      // Not this one.
    }
  }
  return undefined;
}
