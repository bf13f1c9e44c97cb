import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, RemoteAudience, UploadContext } from '../contract/audience-provider.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { GoogleClient } from './google.client.js';
import { GoogleTag } from './google.config.js';
import type { GoogleRow } from './google.member.js';

const QUINN = 'd00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc';
const JANE = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';
const PHONE = 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30';
const rows: GoogleRow[] = [
  [QUINN, PHONE, '', '', '', ''],
  [JANE, '', '', '', '', ''],
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
  firstChunk: [],
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: GoogleClient;
let audience: RemoteAudience;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** A list of two people. */
async function start(google: SandboxOptions['google'] = {}, tag: Partial<GoogleTag> = {}): Promise<void> {
  sandbox = await startSandbox({ google });
  const { origin, environment } = sandbox.google;
  const settings = {
    customerId: '1234567890',
    clientId: environment['GOOGLE_CLIENT_ID'],
    clientSecret: environment['GOOGLE_CLIENT_SECRET'],
    refreshToken: 'refresh-1',
    baseUrl: origin,
    tokenUrl: `${origin}/token`,
    ...tag,
  };
  client = new GoogleClient(Object.assign(new GoogleTag(), settings), http, new LocalAccessTokens());
  audience = await client.createAudience('Buyers', ctx);
  await client.upload(audience, rows, ctx);
  sandbox.google.advanceClock(10_000);
}

const memberCount = () => sandbox.google.audiences()[0]?.memberCount;

describe('GoogleClient.remove', () => {
  it('takes people out by the digests they were added with, through the same account, stating no consent', async () => {
    await start({}, { loginCustomerId: '99' });
    const { remoteJobId = '' } = await client.remove(audience, rows.slice(0, 1), ctx);
    const { requests } = sandbox.google.requests({ path: '/v1/audienceMembers:remove' });
    expect(requests.map(({ body }) => body)).toEqual([
      {
        destinations: [
          {
            operatingAccount: { accountType: 'GOOGLE_ADS', accountId: '1234567890' },
            loginAccount: { accountType: 'GOOGLE_ADS', accountId: '99' },
            productDestinationId: audience.id,
          },
        ],
        audienceMembers: [
          { compositeData: { userData: { userIdentifiers: [{ emailAddress: QUINN }, { phoneNumber: PHONE }] } } },
        ],
        encoding: 'HEX',
      },
    ]);
    await expect(client.pollUpload(remoteJobId, ctx)).resolves.toBe('pending');
    expect(memberCount()).toBe(2);

    sandbox.google.advanceClock(10_000);
    await expect(client.pollUpload(remoteJobId, ctx)).resolves.toMatchObject({ accepted: 1, refusedUnnamed: 0 });
    expect(memberCount()).toBe(1);
  });

  it('is harmless when repeated: who is not there counts as taken out', async () => {
    await start();
    await client.remove(audience, rows, ctx);
    const { remoteJobId = '' } = await client.remove(audience, rows, ctx);
    sandbox.google.advanceClock(10_000);
    await expect(client.pollUpload(remoteJobId, ctx)).resolves.toEqual({ accepted: 2, refused: [], refusedUnnamed: 0 });
    expect(memberCount()).toBe(0);
  });

  it('says that the list is gone', async () => {
    await start();
    sandbox.google.patchAudience(audience.id, { deleted: true });
    await expect(client.remove(audience, rows, ctx)).rejects.toMatchObject({ code: 'audience-missing' });
  });

  it.each([
    [{ kind: 'rate-limit', retryAfterSeconds: 9 } as const, { code: 'rate-limited', retryAfterMs: 9_000 }],
    [{ kind: 'error', code: 503 } as const, { code: 'platform-unavailable' }],
  ])('tells what Google says, of its calls: %j', async (fault, expected) => {
    await start();
    sandbox.google.addFaults({ ...fault, path: '*:remove' });
    await expect(client.remove(audience, rows, ctx)).rejects.toMatchObject(expected);
    expect(memberCount()).toBe(2);
  });
});
