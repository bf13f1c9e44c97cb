import { describeProvider } from '../../../test/provider-contract/describe-provider.js';

describeProvider({
  id: 'twitter',
  uploads: { method: 'POST', path: '*/users' },
  lookups: { method: 'GET', path: '*/custom_audiences' },
  credential: '1528000001-SandboxToken0001',
  credentialStates: {
    revoked: 'credentials-rejected',
    'not-approved': 'permission-denied',
    'not-allow-listed': 'permission-denied',
    'read-only': 'permission-denied',
    suspended: 'permission-denied',
  },
  plainFields: [],
  unmatchable: { edgeTagId: 'nobody', firstName: 'Ann', lastName: 'Lee', country: 'US', postalCode: '94025' },
});
