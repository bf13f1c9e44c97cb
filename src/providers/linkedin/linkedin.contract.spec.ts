import { describeProvider } from '../../../test/provider-contract/describe-provider.js';

describeProvider({
  id: 'linkedin',
  // A new segment takes no users for some seconds; linkedin.client-failures.spec.ts has that.
  sandbox: { linkedin: { warmUpMs: 0 } },
  uploads: { method: 'POST', path: '*/users' },
  lookups: { method: 'GET', path: '*/dmpSegments' },
  credential: 'sandbox-token',
  credentialStates: {
    expired: 'credentials-rejected',
    revoked: 'credentials-rejected',
    invalid: 'credentials-rejected',
    'no-permission': 'permission-denied',
    viewer: 'permission-denied',
  },
  plainFields: ['firstName', 'lastName', 'country'],
  unmatchable: { phone: '+12025550143', firstName: 'Ann', lastName: 'Lee', country: 'US', postalCode: '94025' },
});
