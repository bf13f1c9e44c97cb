import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { alpha2 } from './country.js';
import { givenDigest } from './given-digest.js';
import { asciiDigits, dropInvisible, dropMarks, dropTrailing, isMalformed, nfc, nfkc } from './normalise.js';
import { isE164, readDialled, toE164 } from './phone.js';
import { redactText } from './redact.js';
import { parseRetryAfter } from './retry-after.js';
import { plainId } from './values/plain-id.js';

/** The kit's functions take half surrogate pairs for what they are: the platforms' rules decide about those. */
const whole = (rule: (value: string) => string) => (value: string) => (/\p{Cs}/u.test(value) ? '' : rule(value));
const dialled = (country?: string) => (value: string) => {
  const read = readDialled(value);
  return read && toE164(read, country);
};

describeValueRules('kit', [
  { name: 'composed form', apply: whole(nfc) },
  { name: 'compatibility form', apply: whole(nfkc) },
  { name: 'without invisible characters', apply: whole(dropInvisible) },
  { name: 'without marks', apply: whole(dropMarks) },
  { name: 'ASCII digits', apply: whole(asciiDigits) },
  { name: 'without trailing dots', apply: whole((value) => dropTrailing(value, '.')) },
  { name: 'malformed or not', apply: (value) => String(isMalformed(value)), again: false },
  { name: 'country code', apply: alpha2 },
  { name: 'given digest', apply: givenDigest },
  { name: 'E.164 or not', apply: (value) => String(isE164(value)), again: false },
  { name: 'E.164', apply: dialled() },
  { name: 'E.164 of Germany', apply: dialled('DE') },
  { name: 'E.164 of Argentina', apply: dialled('AR') },
  { name: 'plain id', apply: plainId },
  { name: 'redacted text', apply: whole(redactText), again: false },
  { name: 'Retry-After', apply: (value) => String(parseRetryAfter(value, new Date(0))), again: false },
]);
