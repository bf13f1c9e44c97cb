import { describeProvider } from '../../../test/provider-contract/describe-provider.js';

describeProvider({
  id: 'klaviyo',
  // The contract makes more audiences a minute than Klaviyo lets one make segments.
  sandbox: { klaviyo: { rateLimits: false } },
  uploads: { method: 'POST', path: '*/profile-bulk-import-jobs' },
  lookups: { method: 'GET', path: '*/lists' },
  credential: 'pk_sandbox000000000000000000000000000',
  credentialStates: {
    revoked: 'credentials-rejected',
    'no-scopes': 'permission-denied',
    'read-only': 'permission-denied',
  },
  plainFields: ['edgeTagId', 'email', 'phone', 'firstName', 'lastName', 'country', 'postalCode'],
  unmatchable: { edgeTagId: 'nobody', firstName: 'Ann', lastName: 'Lee', country: 'US', postalCode: '94025' },
});
