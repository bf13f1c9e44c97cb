import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { AudienceFacts } from '../src/providers/contract/audience-manager.js';
import {
  AUDIENCE_PROVIDERS,
  type AudienceProvider,
  type UploadContext,
} from '../src/providers/contract/audience-provider.js';
import { OpenApiRequests } from './support/openapi-requests.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, upload } from './support/upload.js';

/** The platforms' own descriptions lie beside the project, not in it. */
const SPECS = resolve(import.meta.dirname, '../../shared/platforms/specs');
const isThere = existsSync(SPECS);
if (!isThere)
  process.stderr.write('The platforms’ own API descriptions are not here: requests are not held against them.\n');

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

const ctx = { deliveryId: 'specs', signal: new AbortController().signal } as UploadContext;

(isThere ? describe : describe.skip)('what is sent, held against the platforms’ own descriptions', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService(
      { TIKTOK_ROUTE: 'file' },
      { tiktok: { processingMs: 500, minimumSize: 2, matchRate: 1 } },
      ['klaviyo', 'tiktok'],
    );
    await upload(service.origin, {
      name: 'Specs',
      batch: batchOf(),
      users: [EVERYTHING, ...TWO_USERS],
      query: 'sync=true',
    });
    const { headers } = await upload(service.origin, { name: 'Specs', batch: batchOf(), users: manyUsers(3) });
    await eventually(
      () => get(service.origin + headers.get('location')),
      ({ body }) => body.state !== 'receiving' && !JSON.stringify(body.tags).includes('queued'),
    );
  });
  afterAll(() => service.stop());

  /** Everything that is done to an audience besides filling it. */
  async function manageKlaviyo(): Promise<void> {
    const providers = service.app.get<readonly AudienceProvider[]>(AUDIENCE_PROVIDERS);
    const provider = providers.find(({ id }) => id === 'klaviyo')!;
    const [manager, client] = [provider.manager('default'), provider.client('default')];
    const { id } = service.sandbox.klaviyo.audiences()[0]!;
    const rows = provider.prepare([EVERYTHING, ...TWO_USERS], 'default').rows.map(({ row }) => row);
    await manager.read(id, { now: new Date(), lastUploadAt: null } as AudienceFacts, ctx);
    await client.remove({ id }, rows, ctx);
    await manager.erase!(rows, ctx);
    await manager.update!(id, { name: 'Renamed' }, ctx);
    await manager.delete(id, ctx);
  }

  it('finds every request to Klaviyo as its OpenAPI document says', async () => {
    await manageKlaviyo();
    const document = readFileSync(join(SPECS, 'klaviyo/openapi-trimmed.json'), 'utf8');
    const described = new OpenApiRequests(JSON.parse(document) as never);
    const { requests } = service.sandbox.klaviyo.requests();
    expect(requests.map(({ method, path }) => `${method} ${path.replace(/\/$/, '')}`)).toEqual(
      expect.arrayContaining([
        'GET /api/lists',
        'POST /api/lists',
        'POST /api/segments',
        'POST /api/profile-bulk-import-jobs',
        'POST /api/data-privacy-deletion-jobs',
      ]),
    );
    const changes = requests.filter(({ method }) => method === 'PATCH' || method === 'DELETE');
    expect(
      changes.map(({ method, path }) => `${method} ${path.replace(/(?<=\/)[A-Za-z0-9]{6}(?=\/|$)/, '{id}')}`),
    ).toEqual([
      'DELETE /api/lists/{id}/relationships/profiles',
      'PATCH /api/segments/{id}',
      'PATCH /api/lists/{id}',
      'DELETE /api/segments/{id}',
      'DELETE /api/lists/{id}',
    ]);
    expect(requests.some(({ method, path }) => method === 'GET' && /bulk-import-jobs\/[^/]+/.test(path))).toBe(true);
    expect(requests.flatMap((request) => described.problems(request))).toEqual([]);
  });

  it('finds every request of TikTok’s file route as its YAML files say', () => {
    const { requests } = service.sandbox.tiktok.requests();
    const calls = new Set(requests.map(({ path }) => path));
    const base = '/open_api/v1.3';
    expect(calls).toContain(`${base}/dmp/custom_audience/file/upload/`);
    expect(calls).toContain(`${base}/dmp/custom_audience/create/`);
    const files = ['file_upload', 'create', 'update', 'list', 'get'].map((name) => `dmp_custom_audience_${name}.yml`);
    const paths = files.map(
      (file) => (parse(readFileSync(join(SPECS, 'tiktok', file), 'utf8')) as { paths: object }).paths,
    );
    const described = new OpenApiRequests({ paths: Object.assign({}, ...paths) as never }, base);
    expect(requests.flatMap((request) => described.problems(request))).toEqual([]);
  });

  it('would find a request that is not as described', () => {
    const document = readFileSync(join(SPECS, 'klaviyo/openapi-trimmed.json'), 'utf8');
    const described = new OpenApiRequests(JSON.parse(document) as never);
    const request = {
      method: 'POST',
      path: '/api/lists',
      query: { nonsense: '1' },
      headers: {},
      body: { data: { type: 'lists' } },
    };
    const problems = described.problems(request).join('\n');
    expect(problems).toContain('parameter nonsense is not described');
    expect(problems).toContain('header revision is missing');
    expect(problems).toContain("required property 'attributes'");
  });
});
