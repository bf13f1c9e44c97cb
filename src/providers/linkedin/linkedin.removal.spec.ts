import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, RemoteAudience, UploadContext } from '../contract/audience-provider.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { LinkedInClient } from './linkedin.client.js';
import { LinkedInTag } from './linkedin.config.js';
import type { LinkedInRow } from './linkedin.normaliser.js';

const JANE = '86e0b9e56c17cc4d12387e1949b85053fbe73bc3ce5a1188713a9d300cc6133d';
const DOE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const rows: LinkedInRow[] = [
  { email: JANE, firstName: 'Jane', lastName: 'Doe', country: 'US' },
  { email: DOE, firstName: '', lastName: '', country: '' },
];

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 2,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: rows,
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: LinkedInClient;
let audience: RemoteAudience;

/** A segment of two people. */
beforeEach(async () => {
  http = new PlatformHttp(new HttpService());
  sandbox = await startSandbox({ linkedin: { warmUpMs: 0 } });
  const settings = { accessToken: 'tok_abc', adAccountId: '512345678', baseUrl: sandbox.linkedin.origin };
  const tag = Object.assign(new LinkedInTag(), settings);
  client = new LinkedInClient(tag, http, new LocalAccessTokens(), { now: () => sandbox.linkedin.now() });
  audience = await client.createAudience('Buyers', ctx);
  await client.upload(audience, rows, ctx);
  sandbox.linkedin.clearRequests();
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

const sent = () => sandbox.linkedin.requests().requests.map(({ body }) => body);
const memberCount = () => sandbox.linkedin.audiences()[0]?.memberCount;

describe('LinkedInClient.remove', () => {
  it('takes people out by their addresses, and tells nothing else of them', async () => {
    await expect(client.remove(audience, rows.slice(0, 1), ctx)).resolves.toEqual({ accepted: 1, refused: [] });
    const element = { action: 'REMOVE', userIds: [{ idType: 'SHA256_EMAIL', idValue: JANE }] };
    expect(sent()).toEqual([{ elements: [element] }]);
    expect(memberCount()).toBe(1);
  });

  it('is harmless when repeated, and sends an address once', async () => {
    await client.remove(audience, rows, ctx);
    await expect(client.remove(audience, [...rows, rows[0]!], ctx)).resolves.toEqual({ accepted: 3, refused: [] });
    expect(memberCount()).toBe(0);
    expect(sent().map((body) => (body as { elements: unknown[] }).elements.length)).toEqual([2, 2]);
  });

  it('names the rows that LinkedIn refuses', async () => {
    sandbox.linkedin.patchAudience(audience.id, { failElements: { status: 400, count: 1 } });
    const refused = [{ row: 0, reason: 'refused-by-platform' }];
    await expect(client.remove(audience, rows, ctx)).resolves.toEqual({ accepted: 1, refused });
    expect(memberCount()).toBe(1);
  });

  it('sends again, alone, whose element failed in passing', async () => {
    sandbox.linkedin.patchAudience(audience.id, { failElements: { status: 503, count: 1 } });
    await expect(client.remove(audience, rows, ctx)).resolves.toEqual({ accepted: 2, refused: [] });
    expect(sent().map((body) => (body as { elements: unknown[] }).elements.length)).toEqual([2, 1]);
    expect(memberCount()).toBe(0);
  });

  it('says that the segment is gone', async () => {
    sandbox.linkedin.patchAudience(audience.id, { deleted: true });
    await expect(client.remove(audience, rows, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });

  it('waits when LinkedIn asks for it', async () => {
    sandbox.linkedin.addFaults({ kind: 'rate-limit', path: '*/users' });
    await expect(client.remove(audience, rows, ctx)).rejects.toMatchObject({
      code: 'rate-limited',
      retryAfterMs: 2_000,
    });
    expect(memberCount()).toBe(2);
  });
});
