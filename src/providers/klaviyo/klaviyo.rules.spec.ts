import { describeValueRules } from '../../../test/provider-contract/describe-value-rules.js';
import { KlaviyoPhones } from './klaviyo.phone.js';
import {
  klaviyoCountry,
  klaviyoCurrency,
  klaviyoEdgeTagId,
  klaviyoEmail,
  klaviyoName,
  klaviyoZip,
} from './klaviyo.values.js';

const phones = new KlaviyoPhones(['US', 'CA', 'GB', 'IE', 'AU', 'NZ']);

describeValueRules('klaviyo', [
  { name: 'e-mail', apply: klaviyoEmail },
  { name: 'phone', apply: (value) => phones.read(value) },
  { name: 'phone of the United States', apply: (value) => phones.read(value, 'US') },
  { name: 'phone of Great Britain', apply: (value) => phones.read(value, 'GB') },
  { name: 'name', apply: klaviyoName },
  { name: 'country', apply: (value) => klaviyoCountry(value).name },
  { name: 'postal code', apply: klaviyoZip },
  { name: 'edgeTagId', apply: klaviyoEdgeTagId },
  { name: 'currency', apply: klaviyoCurrency },
]);
