import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { Logger } from '@nestjs/common';
import type { Fault } from '../../sandbox/fault.js';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, Receipt, UploadContext } from '../contract/audience-provider.js';
import { AudienceBlockedError, PlatformUnavailableError, RequestRejectedError } from '../contract/provider-errors.js';
import { LocalAccessTokens } from '../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { GoogleClient } from './google.client.js';
import { GoogleTag } from './google.config.js';
import type { GoogleRow } from './google.member.js';

const CUSTOMER = '1234567890';
const LISTS = `/v1/accountTypes/GOOGLE_ADS/accounts/${CUSTOMER}/userLists`;
const QUINN = 'd00d0a7c6d491b3782fd78b410748048859e16467faa0651f060978d4bb343cc';
const PHONE = 'fb4f73a6ec5fdb7077d564cdd22c3554b43ce49168550c3b12c547b78c517b30';
const ALEX = '4135aa9dc1b842a653dea846903ddb95bfb8c5a10c504a7fa16e10bc31d1fdf0';
const LAST_QUINN = 'c512ca0c5c1e71be19f3356821e56732b5fb3ac894b0dbc5846d0b6920106fb3';
const rows: GoogleRow[] = [
  [QUINN, PHONE, ALEX, LAST_QUINN, 'US', '94045'],
  ['', PHONE, '', '', '', ''],
  ['', '', ALEX, LAST_QUINN, 'BR', '９４ "0"\\'],
];

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 3,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'primary',
  firstChunk: [],
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(() => {
  Logger.overrideLogger(false);
  http = new PlatformHttp(new HttpService());
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(google: SandboxOptions['google'] = {}, tag: Partial<GoogleTag> = {}): Promise<GoogleClient> {
  sandbox = await startSandbox({ google });
  return clientWith(tag);
}

function clientWith(tag: Partial<GoogleTag> = {}): GoogleClient {
  const { origin, environment } = sandbox.google;
  const settings = {
    customerId: CUSTOMER,
    clientId: environment['GOOGLE_CLIENT_ID'],
    clientSecret: environment['GOOGLE_CLIENT_SECRET'],
    refreshToken: 'refresh-1',
    consentAdUserData: 'GRANTED',
    consentAdPersonalization: 'GRANTED',
    baseUrl: origin,
    tokenUrl: `${origin}/token`,
    ...tag,
  };
  return new GoogleClient(Object.assign(new GoogleTag(), settings), http, new LocalAccessTokens());
}

const sent = (method: string, path: string) => sandbox.google.requests({ method, path }).requests;
const listAnswers = (...bodies: object[]) =>
  sandbox.google.addFaults(
    ...bodies.map((body): Fault => ({ kind: 'status', method: 'GET', path: LISTS, status: 200, body, times: 1 })),
  );
const owned = (id: string, displayName: string) => ({
  id,
  displayName,
  accessReason: 'OWNED',
  ingestedUserListInfo: { uploadKeyTypes: ['CONTACT_ID'] },
});

describe('GoogleClient.createAudience', () => {
  it('makes a list of contact data, whose members stay as long as the tag says', async () => {
    const client = await start({}, { membershipDays: 30 });
    const { id } = await client.createAudience('blotout_Käufer "A\\B"', ctx);
    expect(sent('POST', LISTS).map(({ body }) => body)).toEqual([
      {
        displayName: 'blotout_Käufer "A\\B"',
        description: 'primary audience',
        membershipStatus: 'OPEN',
        membershipDuration: '2592000s',
        ingestedUserListInfo: {
          uploadKeyTypes: ['CONTACT_ID'],
          contactIdInfo: { dataSourceType: 'DATA_SOURCE_TYPE_FIRST_PARTY' },
        },
      },
    ]);
    expect(sandbox.google.audiences()).toMatchObject([{ id, name: 'blotout_Käufer "A\\B"', account: CUSTOMER }]);
    await expect(client.findAudience('blotout_Käufer "A\\B"', ctx)).resolves.toEqual({ id });
  });

  it('takes the list that has come into being meanwhile', async () => {
    const client = await start();
    const first = await client.createAudience('Buyers', ctx);
    await expect(client.createAudience('Buyers', ctx)).resolves.toEqual(first);
    expect(sandbox.google.audiences()).toHaveLength(1);
  });

  it('says so when the name is taken by a list that cannot be found', async () => {
    const client = await start();
    await client.createAudience('Buyers', ctx);
    listAnswers({});
    await expect(client.createAudience('Buyers', ctx)).rejects.toMatchObject({
      code: 'request-rejected',
      platformCode: '400/DISPLAY_NAME_ALREADY_USED',
    });
  });

  it('is found by the next look-up when its answer is lost', async () => {
    const client = await start();
    sandbox.google.addFaults({ kind: 'drop-after', method: 'POST', path: LISTS, times: 1 });
    await expect(client.createAudience('Buyers', ctx)).rejects.toBeInstanceOf(PlatformUnavailableError);
    const [list] = sandbox.google.audiences();
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: list?.id });
  });
});

describe('GoogleClient.findAudience', () => {
  it('takes the account’s own list of exactly this name', async () => {
    const shared = { account: CUSTOMER, displayName: 'Buyers', accessReason: 'SHARED', uploadKeyType: 'CONTACT_ID' };
    const lists = [shared, { ...shared, accessReason: 'OWNED' }, { ...shared, account: '77', accessReason: 'OWNED' }];
    const client = await start({ lists: lists as never });
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '8765432110' });
    await expect(client.findAudience('buyers', ctx)).resolves.toBeUndefined();
    await expect(client.findAudience('Buyers" OR id > "0', ctx)).resolves.toBeUndefined();
    expect(sent('GET', LISTS)[0]?.query).toEqual({
      filter: 'display_name = "Buyers" AND access_reason = OWNED',
      pageSize: '1000',
    });
  });

  it('compares by itself, and reads all pages', async () => {
    const client = await start();
    listAnswers(
      { userLists: [owned('1', 'BUYERS'), { ...owned('2', 'Buyers'), accessReason: 'SHARED' }], nextPageToken: 'p2' },
      { nextPageToken: 'p3' },
      { userLists: [owned('3', 'Buyers')] },
    );
    await expect(client.findAudience('Buyers', ctx)).resolves.toEqual({ id: '3' });
    expect(sent('GET', LISTS).map(({ query }) => query['pageToken'])).toEqual([undefined, 'p2', 'p3']);
  });

  it.each<[string, object[]]>([
    ['pages go round in circles', [{ nextPageToken: 'p' }, { nextPageToken: 'p' }]],
    ['lists are none', [{ userLists: {} }]],
    ['the next page is none', [{ nextPageToken: 7 }]],
    ['the list has no number', [{ userLists: [{ ...owned('x', 'Buyers') }] }]],
  ])('takes nothing for absent when %s', async (_, bodies) => {
    const client = await start();
    listAnswers(...bodies);
    await expect(client.findAudience('Buyers', ctx)).rejects.toBeInstanceOf(PlatformUnavailableError);
  });

  it('does not use a list that is closed, and says why it is', async () => {
    const client = await start();
    const { id } = await client.createAudience('Buyers', ctx);
    sandbox.google.patchAudience(id, { closed: true });
    const find = client.findAudience('Buyers', ctx);
    await expect(find).rejects.toBeInstanceOf(AudienceBlockedError);
    await expect(find).rejects.toThrow('closed by Google for not being used; open it again in Google Ads');
  });

  it.each([undefined, 'USER_ID'] as const)('does not use a list that takes other data: %s', async (uploadKeyType) => {
    const client = await start({ lists: [{ account: CUSTOMER, displayName: 'Buyers', uploadKeyType }] });
    await expect(client.findAudience('Buyers', ctx)).rejects.toBeInstanceOf(RequestRejectedError);
  });
});

describe('GoogleClient.upload', () => {
  it('sends each person with all identifiers, terms, consent and encoding', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    const receipt = await client.upload(audience, rows, ctx);
    const user = (...userIdentifiers: object[]) => ({ compositeData: { userData: { userIdentifiers } } });
    const address = { givenName: ALEX, familyName: LAST_QUINN, regionCode: 'US', postalCode: '94045' };
    expect(sent('POST', '*:ingest').map(({ body }) => body)).toEqual([
      {
        destinations: [
          {
            operatingAccount: { accountType: 'GOOGLE_ADS', accountId: CUSTOMER },
            productDestinationId: audience.id,
          },
        ],
        audienceMembers: [
          user({ emailAddress: QUINN }, { phoneNumber: PHONE }, { address }),
          user({ phoneNumber: PHONE }),
          user({ address: { ...address, regionCode: 'BR', postalCode: '９４ "0"\\' } }),
        ],
        consent: { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' },
        termsOfService: { customerMatchTermsOfServiceStatus: 'ACCEPTED' },
        encoding: 'HEX',
      },
    ]);
    expect(receipt).toEqual({ accepted: 0, refused: [], remoteJobId: expect.stringMatching(/^3~[0-9a-f-]{36}$/) });
  });

  it('states no consent that was not stated', async () => {
    const client = await start({}, { consentAdPersonalization: 'UNSPECIFIED' });
    await client.upload(await client.createAudience('Buyers', ctx), rows, ctx);
    expect(sent('POST', '*:ingest')[0]?.body).toMatchObject({ consent: { adUserData: 'CONSENT_GRANTED' } });
    expect(JSON.stringify(sent('POST', '*:ingest')[0]?.body)).not.toContain('adPersonalization');
  });

  it('goes through the manager account, by header for lists and by body for members', async () => {
    const manager = { accountsOf: { 'refresh-1': ['99'] }, managerOf: { [CUSTOMER]: '99' } };
    const client = await start(manager, { loginCustomerId: '99' });
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    expect(sent('POST', LISTS)[0]?.headers).toMatchObject({ 'login-account': 'accountTypes/GOOGLE_ADS/accounts/99' });
    const [ingest] = sent('POST', '*:ingest');
    expect(ingest?.headers).not.toHaveProperty('login-account');
    expect(ingest?.body).toMatchObject({
      destinations: [{ loginAccount: { accountType: 'GOOGLE_ADS', accountId: '99' } }],
    });
    for (const { headers } of sandbox.google.requests().requests) {
      expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['developer-token', 'login-customer-id']));
    }
  });

  it('adds nobody twice when it is sent again', async () => {
    const client = await start();
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, rows, ctx);
    await client.upload(audience, rows, ctx);
    sandbox.google.advanceClock(10_000);
    expect(sandbox.google.audiences()).toMatchObject([{ memberCount: 3, rowsReceived: 6 }]);
  });

  it.each([{}, { requestId: '' }, { requestId: 7 }, { requestId: 'a~b' }])(
    'is not taken for accepted without the id of its request: %j',
    async (body) => {
      const client = await start();
      const audience = await client.createAudience('Buyers', ctx);
      sandbox.google.addFaults({ kind: 'status', path: '*:ingest', status: 200, body });
      await expect(client.upload(audience, rows, ctx)).rejects.toBeInstanceOf(PlatformUnavailableError);
    },
  );
});

describe('GoogleClient.pollUpload', () => {
  async function upload(google: SandboxOptions['google'] = {}, patch: object = {}, tag: Partial<GoogleTag> = {}) {
    const client = await start(google, tag);
    const audience = await client.createAudience('Buyers', ctx);
    sandbox.google.patchAudience(audience.id, { ...patch });
    const { remoteJobId = '' } = await client.upload(audience, rows, ctx);
    return () => client.pollUpload(remoteJobId, ctx);
  }

  it('is pending until Google has decided, and then counts', async () => {
    const poll = await upload({ processingMs: 60_000 });
    await expect(poll()).resolves.toBe('pending');
    sandbox.google.advanceClock(60_000);
    await expect(poll()).resolves.toEqual({ accepted: 3, refused: [], refusedUnnamed: 0 });
  });

  it.each<[string, object, Partial<GoogleTag>, Receipt]>([
    ['some', { failRecords: 1 }, {}, { accepted: 2, refused: [], refusedUnnamed: 1 }],
    ['all', { failNextRequest: true }, {}, { accepted: 0, refused: [], refusedUnnamed: 3 }],
  ])('counts %s that could not be used', async (_, patch, tag, receipt) => {
    const poll = await upload({ processingMs: 0 }, patch, tag);
    await expect(poll()).resolves.toEqual(receipt);
  });

  it('counts Europeans without consent as refused', async () => {
    const poll = await upload({ processingMs: 0, eeaDigests: [QUINN] }, {}, { consentAdUserData: 'UNSPECIFIED' });
    await expect(poll()).resolves.toEqual({ accepted: 2, refused: [], refusedUnnamed: 1 });
  });
});
