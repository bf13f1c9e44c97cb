import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { facebookEmail, facebookName, facebookPhone, facebookZip } from './facebook.values.js';
import { plainId } from '../kit/values/plain-id.js';

const plus = (digits: string) => `+${digits}`;

describeValueRules('facebook', [
  { name: 'e-mail', apply: facebookEmail },
  { name: 'phone', apply: facebookPhone, again: plus },
  { name: 'phone of the United States', apply: (value) => facebookPhone(value, 'US'), again: plus },
  { name: 'phone of Italy', apply: (value) => facebookPhone(value, 'IT'), again: plus },
  { name: 'name', apply: facebookName },
  { name: 'postal code', apply: facebookZip },
  { name: 'postal code of the United States', apply: (value) => facebookZip(value, 'US') },
  { name: 'postal code of Great Britain', apply: (value) => facebookZip(value, 'GB') },
  { name: 'edgeTagId', apply: plainId },
]);
