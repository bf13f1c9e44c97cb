import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { linkedInCountry, linkedInEmail, linkedInName } from './linkedin.values.js';

describeValueRules('linkedin', [
  { name: 'e-mail', apply: linkedInEmail },
  { name: 'name', apply: linkedInName },
  { name: 'country', apply: linkedInCountry },
]);
