import { describeProvider } from '../../../test/provider-contract/describe-provider.js';

describeProvider({
  id: 'google',
  // On the platform half an hour; what is pending meanwhile is shown by test/google.e2e-spec.ts.
  sandbox: { google: { processingMs: 0 } },
  uploads: { method: 'POST', path: '*/audienceMembers:ingest' },
  lookups: { method: 'GET', path: '*/userLists' },
  credential: '1//sandbox-refresh-token',
  credentialStates: {
    revoked: 'credentials-rejected',
    'other-scope': 'permission-denied',
    'api-disabled': 'permission-denied',
    'no-access': 'permission-denied',
    'not-allowlisted': 'permission-denied',
    'tos-unsigned': 'terms-not-accepted',
  },
  plainFields: ['country', 'postalCode'],
  unmatchable: { edgeTagId: 'nobody', firstName: 'Ann', lastName: 'Lee', country: 'US' },
});
