import fc from 'fast-check';
import type { AudienceUser, Purchase } from '../../src/providers/contract/audience-user.js';

/** Every code unit, so half surrogate pairs too: JSON can say them. */
const ANY_UNIT = fc.nat(0xffff).map((unit) => String.fromCharCode(unit));
const BLANKS = fc.constantFrom('', ' ', '\t', '\n', '  ', '\u00a0', '\u200b', '\ufeff');

/** What nobody would call a value. */
export const anyText = fc.oneof(
  fc.string(),
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: ANY_UNIT }),
  fc.string({ unit: fc.constantFrom(...' \t0123456789+-().@xX/,;:_#%*') }),
  fc.constantFrom('\0', '\u202e', '__proto__', 'constructor', 'toString', 'null', '[]', '{}', '-0', 'NaN', '1e999'),
);

/** A SHA-256 digest as somebody may have written it. */
export const digest = fc.string({ unit: fc.constantFrom(...'0123456789abcdefABCDEF'), minLength: 64, maxLength: 64 });

/** An address that every platform takes, plain and simple. */
export const soundEmail = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9]{2,11}$/), fc.constantFrom('example.com', 'mail.example.org'))
  .map(([local, domain]) => `${local}@${domain}`);

/** The last two digits of a number that is kept free for examples, so that nobody has it: `+12025550143`. */
export const soundPhone = fc.integer({ min: 0, max: 99 }).map((last) => `+120255501${String(last).padStart(2, '0')}`);

const blankAround = (text: fc.Arbitrary<string>) =>
  fc.tuple(BLANKS, text, BLANKS).map(([before, value, after]) => before + value + after);

const email = fc.oneof(anyText, blankAround(soundEmail), fc.emailAddress(), digest);
const phone = fc.oneof(anyText, blankAround(soundPhone), fc.stringMatching(/^[+0]{0,2}[\d ().-]{5,20}$/), digest);
const country = fc.oneof(
  anyText,
  fc.constantFrom('US', 'us ', 'GB', 'DE', 'AU', 'Germany', 'UK', 'ZZ', 'U.S.A.'),
  digest,
);
const name = fc.oneof(anyText, fc.constantFrom('Mary', "O'Brien", 'José', 'Straße', '김민준'), digest);
const amount = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), anyText, fc.constantFrom('12.50', '0'));

const purchase: fc.Arbitrary<Purchase> = fc.record(
  { currency: fc.oneof(anyText, fc.constantFrom('USD', 'eur')), profit: amount, total7Days: amount },
  { requiredKeys: [] },
);

/** Any user that the edge lets pass: it has taken out what is empty. */
export const anyUser: fc.Arbitrary<AudienceUser> = fc
  .record(
    { edgeTagId: anyText, email, phone, firstName: name, lastName: name, country, postalCode: anyText, purchase },
    { requiredKeys: [] },
  )
  .map((user) => Object.fromEntries(Object.entries(user).filter(([, value]) => value !== '')));

export const anyUsers = fc.array(anyUser, { maxLength: 12 });
