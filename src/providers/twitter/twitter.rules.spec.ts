import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { Unusable } from '../kit/normalise.js';
import { twitterEmail, twitterPhone } from './twitter.values.js';

describeValueRules('twitter', [
  { name: 'e-mail', apply: twitterEmail },
  { name: 'phone', apply: (value) => twitterPhone(value, Unusable.missingCountry) },
  { name: 'phone of the United States', apply: (value) => twitterPhone(value, 'US') },
  { name: 'phone of Germany', apply: (value) => twitterPhone(value, 'DE') },
]);
