import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { Unusable } from '../kit/normalise.js';
import { googleEmail, googleFirstName, googleLastName, googlePhone, googlePostalCode } from './google.values.js';

describeValueRules('google', [
  { name: 'e-mail', apply: googleEmail },
  { name: 'phone', apply: (value) => googlePhone(value, Unusable.missingCountry) },
  { name: 'phone of the United States', apply: (value) => googlePhone(value, 'US') },
  { name: 'phone of Germany', apply: (value) => googlePhone(value, 'DE') },
  // One title is taken off, so a second one behind it would go the next time.
  { name: 'first name', apply: googleFirstName, again: false },
  { name: 'last name', apply: googleLastName },
  { name: 'postal code', apply: googlePostalCode },
]);
