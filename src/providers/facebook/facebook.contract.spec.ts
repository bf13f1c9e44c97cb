import { describeProvider } from '../../../test/provider-contract/describe-provider.js';

describeProvider({
  id: 'facebook',
  uploads: { method: 'POST', path: '*/users' },
  lookups: { method: 'GET', path: '*/customaudiences' },
  credential: 'sandbox-token',
  credentialStates: {
    expired: 'credentials-rejected',
    revoked: 'credentials-rejected',
    'no-permission': 'permission-denied',
    'dev-tier': 'permission-denied',
    'tos-unsigned': 'terms-not-accepted',
  },
  plainFields: ['edgeTagId'],
  unmatchable: { edgeTagId: 'nobody', firstName: 'Ann' },
  // Otherwise nobody is let out of an audience that would have fewer than a hundred.
  sandbox: { facebook: { removalFloor: 0 } },
});
