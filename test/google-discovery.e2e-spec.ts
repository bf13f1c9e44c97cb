import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { AUDIENCE_PROVIDERS, type AudienceProvider } from '../src/providers/contract/audience-provider.js';
import { type DiscoveryDocument, DiscoveryRequests } from './support/discovery-requests.js';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

/** Google's own description lies beside the project, not in it. */
const DOCUMENT = resolve(import.meta.dirname, '../../shared/platforms/specs/google/datamanager.v1.discovery.json');
const isThere = existsSync(DOCUMENT);
if (!isThere) process.stderr.write('Google’s discovery document is not here: requests are not held against it.\n');

const EVERYTHING = {
  edgeTagId: 'edge-1',
  email: 'ada@example.com',
  phone: '+12025550143',
  firstName: 'Ada',
  lastName: 'Example',
  country: 'US',
  postalCode: '20500',
  purchase: { currency: 'USD', profit: 12.5, total7Days: '40' },
};

const ONE_CHUNK = {
  sessionId: 1,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 1,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};

(isThere ? describe : describe.skip)('what is sent to Google, held against its discovery document', () => {
  let service: TestService;
  let described: DiscoveryRequests;

  beforeAll(async () => {
    described = new DiscoveryRequests(JSON.parse(readFileSync(DOCUMENT, 'utf8')) as DiscoveryDocument);
    service = await startService({ GOOGLE_LOGIN_CUSTOMER_ID: '9876543210' }, { google: { processingMs: 0 } }, [
      'google',
    ]);
    const users = [EVERYTHING, ...TWO_USERS];
    await upload(service.origin, { name: 'Described', batch: batchOf({ totalUsers: 3 }), users, query: 'sync=true' });
  });
  afterAll(() => service.stop());

  it('is as described, every request of it', () => {
    const requests = service.sandbox.google.requests().requests.filter(({ path }) => path !== '/token');
    const lists = '/v1/accountTypes/GOOGLE_ADS/accounts/1234567890/userLists';
    expect(requests.map(({ method, path }) => `${method} ${path}`)).toEqual([
      `GET ${lists}`,
      `POST ${lists}`,
      'POST /v1/audienceMembers:ingest',
      'GET /v1/requestStatus:retrieve',
    ]);
    expect(requests.flatMap((request) => described.problems(request))).toEqual([]);
  });

  it('is as described when lists are managed, and people taken out of them', async () => {
    const providers = service.app.get<readonly AudienceProvider[]>(AUDIENCE_PROVIDERS);
    const google = providers.find(({ id }) => id === 'google')!;
    const { id } = service.sandbox.google.audiences()[0]!;
    const ctx = { deliveryId: 'd', signal: new AbortController().signal, session: ONE_CHUNK };
    const now = new Date();
    const never = { lastUploadAt: null, uploadedRecords: null, isUploading: false, hasFailed: false };
    const chunk = google.prepare([EVERYTHING], 'default').rows.map(({ row }) => row);
    const manager = google.manager('default');
    service.sandbox.google.clearRequests();
    await google.client('default').remove({ id }, chunk, ctx);
    await manager.read(id, { type: 'customer-list', now, createdAt: now, ...never }, ctx);
    await manager.update!(id, { name: 'Renamed', description: 'anew', retentionDays: 30 }, ctx);
    await manager.delete(id, ctx);

    const requests = service.sandbox.google.requests().requests.filter(({ path }) => path !== '/token');
    expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'PATCH', 'DELETE']);
    expect(requests.flatMap((request) => described.problems(request))).toEqual([]);
  });

  it('would be found out if it were not', () => {
    const wrong = {
      method: 'POST',
      path: '/v1/audienceMembers:ingest',
      query: { nonsense: '1' },
      body: {
        encoding: 'hex',
        validateOnly: 'false',
        audienceMembers: [{ compositeData: { userData: { userIdentifiers: [{ addressInfo: {} }] } } }],
      },
    };
    expect(described.problems(wrong)).toEqual([
      expect.stringContaining('parameter nonsense is not described'),
      expect.stringContaining('body.encoding is none of ENCODING_UNSPECIFIED, HEX, BASE64'),
      expect.stringContaining('body.validateOnly is no boolean'),
      expect.stringContaining('userIdentifiers[0].addressInfo is not described'),
    ]);
    const list = { ...wrong, path: '/v1/accountTypes/GOOGLE_ADS/accounts/1/userLists', query: {} };
    expect(described.problems({ ...list, body: { id: '7', membershipDuration: '30d' } })).toEqual([
      expect.stringContaining('body.id is read only'),
      expect.stringContaining('body.membershipDuration is not in the format google-duration'),
    ]);
    expect(described.problems({ ...list, method: 'PUT' })).toEqual([expect.stringContaining('is not described')]);
  });
});
