import { describeProvider } from '../../../test/provider-contract/describe-provider.js';

describeProvider({
  id: 'tiktok',
  uploads: { method: 'POST', path: '*/segment/mapping/' },
  lookups: { method: 'GET', path: '*/custom_audience/list/' },
  credential: 'sandbox-token',
  credentialStates: {
    expired: 'credentials-rejected',
    revoked: 'credentials-rejected',
    'no-permission': 'permission-denied',
    'read-only': 'permission-denied',
  },
  plainFields: [],
  unmatchable: { edgeTagId: 'nobody', firstName: 'Ann', lastName: 'Lee', country: 'US', postalCode: '94025' },
});
