import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { Unusable } from '../kit/normalise.js';
import { tiktokEmail, tiktokPhone } from './tiktok.values.js';

describeValueRules('tiktok', [
  { name: 'e-mail as the API reference has it', apply: (value) => tiktokEmail(value, 'api') },
  { name: 'e-mail as the help centre has it', apply: (value) => tiktokEmail(value, 'basic') },
  { name: 'phone', apply: (value) => tiktokPhone(value, Unusable.missingCountry) },
  { name: 'phone of the United States', apply: (value) => tiktokPhone(value, 'US') },
  { name: 'phone of Germany', apply: (value) => tiktokPhone(value, 'DE') },
]);
