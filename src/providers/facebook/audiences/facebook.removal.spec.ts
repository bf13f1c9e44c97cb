import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { CreateContext, UploadContext } from '../../contract/audience-provider.js';
import { AudienceBlockedError, AudienceMissingError } from '../../contract/provider-errors.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { FacebookClient } from '../facebook.client.js';
import { FacebookTag } from '../facebook.config.js';
import type { FacebookRow } from '../facebook.normaliser.js';

const MARY = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';
const TEST = '973dfe463ec85785f5f95af5ba3906eedb2d931c24e69824a89ea65dba4e813b';
const SCHEMA = ['EXTERN_ID', 'EMAIL', 'PHONE', 'FN', 'LN', 'ZIP', 'COUNTRY'];

const mary: FacebookRow = ['edge-tag-8842', MARY, '', '', '', '', ''];
const test: FacebookRow = ['', TEST, '', '', '', '', ''];

const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
  session: {
    sessionId: 7,
    audienceType: 'custom',
    batch: 1,
    totalBatches: 1,
    totalUsers: 2,
    chunk: 0,
    ageMinutes: 0,
    last: true,
  },
};

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(facebook: SandboxOptions['facebook'], tag: Partial<FacebookTag> = {}): Promise<FacebookClient> {
  sandbox = await startSandbox({ facebook });
  const settings = { accessToken: 'EAAtoken', adAccountId: '1234567890', baseUrl: sandbox.facebook.origin, ...tag };
  return new FacebookClient(Object.assign(new FacebookTag(), settings), http);
}

const members = () => sandbox.facebook.audiences({ members: true })[0]?.members?.map(({ columns }) => columns);
const removals = () => sandbox.facebook.requests({ method: 'DELETE' }).requests;

describe('FacebookClient.remove', () => {
  it('takes out whom the rows added, in the body and outside the closed session', async () => {
    const client = await start({ removalFloor: 0 });
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, [mary, test], ctx);
    const receipt = await client.remove(audience, [mary], ctx);

    expect(receipt).toEqual({ accepted: 1, refused: [], refusedUnnamed: 0, pauseMs: undefined });
    expect(members()).toEqual([{ EMAIL: TEST }]);
    expect(removals()).toMatchObject([{ path: `/v26.0/${audience.id}/users`, query: {} }]);
    expect(removals()[0]?.body).toEqual({ payload: { schema: SCHEMA, data: [mary] } });
  });

  it('may be repeated, and counts people who are not in as done', async () => {
    const client = await start({ removalFloor: 0 });
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, [mary, test], ctx);

    for (let times = 0; times < 2; times += 1) {
      await expect(client.remove(audience, [mary, test], ctx)).resolves.toMatchObject({ accepted: 2, refused: [] });
      expect(members()).toEqual([]);
    }
  });

  it('sends no value of a value-based audience', async () => {
    const client = await start({ removalFloor: 0 }, { valueBased: true });
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, [[...mary, 12.5]], ctx);

    await expect(client.remove(audience, [[...mary, 12.5]], ctx)).resolves.toMatchObject({ accepted: 1 });
    expect(removals()[0]?.body).toEqual({ payload: { schema: SCHEMA, data: [mary] } });
    expect(members()).toEqual([]);
  });

  it('says that too few would be left', async () => {
    const client = await start({ removalFloor: 100 });
    const audience = await client.createAudience('Buyers', ctx);
    await client.upload(audience, [mary, test], ctx);
    const failure = client.remove(audience, [mary], ctx);

    await expect(failure).rejects.toBeInstanceOf(AudienceBlockedError);
    await expect(failure).rejects.toMatchObject({ platformCode: '200/1870047' });
    await expect(failure).rejects.toThrow('the audience would become too small');
    expect(members()).toHaveLength(2);
  });

  it('says that the audience is gone', async () => {
    const client = await start({});
    await expect(client.remove({ id: '120210000000000000' }, [mary], ctx)).rejects.toBeInstanceOf(AudienceMissingError);
  });

  it('tells no identifier that Facebook repeats', async () => {
    const client = await start({});
    sandbox.facebook.addFaults({ kind: 'error', code: 100, message: `Bad row edge-tag-8842 with ${MARY}` });
    await expect(client.remove({ id: '1' }, [mary], ctx)).rejects.toThrow(/Bad row \[secret\] with \[hidden\]/);
  });
});
