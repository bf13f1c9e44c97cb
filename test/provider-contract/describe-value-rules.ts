import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Normalised, Unusable } from '../../src/providers/kit/normalise.js';
import { anyText, digest, soundEmail, soundPhone } from './any-users.js';

/** One rule of a platform for one value: its normal form, `''` where nothing was given, or why there is none. */
export interface ValueRule {
  readonly name: string;
  readonly apply: (value: string) => Normalised | undefined;
  /** Writes a normal form so that it can be read again; unset: as it is. `false`: a normal form is no value any more. */
  readonly again?: ((normal: string) => string) | false;
}

/** What real lists and hostile ones are made of: whatever a rule looks for, and what it takes out. */
const PIECES = [
  ...' \t.@-+()/,;:"<>0123456789xXaAzZé#_\'\u00a0\u00ad\u200b\u0301\ud83d\ude00ﬁ٠',
  'ext',
  'a.',
  'a@',
  '1 ',
  '(0)',
  'mailto:',
];
const value = fc.oneof(
  anyText,
  fc.array(fc.constantFrom(...PIECES), { maxLength: 40 }).map((pieces) => pieces.join('')),
  soundEmail,
  soundPhone,
  digest,
);

/** A long text is the same few characters again and again: what makes a careless pattern go back and forth. */
interface Hostile {
  readonly before: string;
  readonly piece: string;
  readonly after: string;
}
const BEFORE = ['', 'a', '+', '1', 'a@b', ' '];
const AFTER = ['', '!', 'x', '@', '.c', '\0'];
/** Every piece alone, and any few of them together. */
const SINGLE: readonly Hostile[] = PIECES.flatMap((piece) =>
  ['', 'a'].flatMap((before) => AFTER.map((after) => ({ before, piece, after }))),
);
const several = fc.record({
  before: fc.constantFrom(...BEFORE),
  piece: fc.array(fc.constantFrom(...PIECES), { minLength: 2, maxLength: 4 }).map((pieces) => pieces.join('')),
  after: fc.constantFrom(...AFTER),
});
const SHORT = 2_000;
const LONG = 10 * SHORT;
/** Ten times as long may take ten times as long, and the clock is coarse; what grows with the square takes a hundred times. */
const MOST_TIMES_SLOWER = 30;
/** Below this, the clock says nothing. The square of the length takes ten times as long. */
const COARSE_MS = 10;

/** The rules for single values, on anything: each platform's `values` and the kit's run through this. */
export function describeValueRules(platform: string, rules: readonly ValueRule[]): void {
  describe.each(rules.map((rule) => [rule.name, rule] as const))(`${platform}: %s`, (_, { apply, again }) => {
    it('gives a normal form that is UTF-8, or a reason, and the same each time', () => {
      fc.assert(
        fc.property(value, (given) => {
          const normal = apply(given);
          if (typeof normal === 'string') expect(normal).not.toMatch(/\p{Cs}/u);
          else expect(normal === undefined || normal instanceof Unusable).toBe(true);
          expect(apply(given)).toEqual(normal);
        }),
        { numRuns: 500 },
      );
    });

    if (again !== false) {
      it('leaves a normal form as it is', () => {
        fc.assert(
          fc.property(value, (given) => {
            const normal = apply(given);
            if (typeof normal === 'string' && normal !== '') expect(apply(again ? again(normal) : normal)).toBe(normal);
          }),
          { numRuns: 1_000 },
        );
      });
    }

    it('takes time in proportion to the length', () => {
      for (const hostile of SINGLE) expectInProportion(apply, hostile);
      fc.assert(
        fc.property(several, (hostile) => expectInProportion(apply, hostile)),
        { numRuns: 200 },
      );
    });
  });
}

function expectInProportion(apply: ValueRule['apply'], { before, piece, after }: Hostile): void {
  const ofLength = (length: number) => before + piece.repeat(Math.ceil(length / piece.length)) + after;
  const [long, short] = [ofLength(LONG), ofLength(SHORT)];
  if (cpuMs(() => apply(long)) < COARSE_MS) return;
  const [longMs, shortMs] = [long, short].map((text) => Math.min(...[1, 2, 3].map(() => cpuMs(() => apply(text)))));
  expect(longMs).toBeLessThan(Math.max(COARSE_MS, MOST_TIMES_SLOWER * shortMs!));
}

/** Time on the processor, which a loaded machine does not make longer. */
function cpuMs(run: () => unknown): number {
  const before = process.threadCpuUsage();
  run();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1_000;
}
