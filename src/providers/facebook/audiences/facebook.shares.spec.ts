import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { ShareRequest } from '../../contract/audience-manager.js';
import type { CreateContext } from '../../contract/audience-provider.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { FacebookClient } from '../facebook.client.js';
import { FacebookTag } from '../facebook.config.js';
import { FacebookManager } from './facebook.manager.js';

const ctx: CreateContext = {
  deliveryId: 'd1',
  signal: new AbortController().signal,
  audienceType: 'custom',
  firstChunk: [],
};

const read = (...accounts: string[]): ShareRequest => ({ accounts, permission: 'read' });

let sandbox: Sandbox;
let http: PlatformHttp;
let manager: FacebookManager;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox({ facebook: { accounts: ['1', '2', '3', '9'], businesses: { '9': '777' } } });
  http = new PlatformHttp(new HttpService());
  const settings = { accessToken: 'EAAtoken', adAccountId: '1', baseUrl: sandbox.facebook.origin };
  const tag = Object.assign(new FacebookTag(), settings);
  manager = new FacebookManager(tag, http);
  ({ id } = await new FacebookClient(tag, http).createAudience('Buyers', ctx));
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

const posts = () => sandbox.facebook.requests({ method: 'POST', path: `/v26.0/${id}/*` }).requests;

describe('FacebookManager.share', () => {
  it.each([
    ['read', 'targeting'],
    ['write', 'targeting_and_insights'],
  ] as const)('lets another account %s: %s', async (permission, permissions) => {
    const outcomes = await manager.share(id, { accounts: ['act_2'], permission }, ctx);
    expect(outcomes).toEqual([{ account: 'act_2', state: 'shared' }]);
    expect(posts().map(({ body }) => body)).toEqual([{ adaccounts: ['2'], permissions, replace: false }]);
  });

  it('tells of each account what became of it', async () => {
    await expect(manager.share(id, read('2', '1', '44'), ctx)).resolves.toEqual([
      { account: '2', state: 'shared' },
      { account: '1', state: 'refused', message: 'The audience belongs to this ad account' },
      { account: '44', state: 'refused', message: 'The ad account does not exist' },
    ]);
  });

  it('may be repeated', async () => {
    await manager.share(id, read('2'), ctx);
    await expect(manager.share(id, read('2', '3'), ctx)).resolves.toEqual([
      { account: '2', state: 'shared' },
      { account: '3', state: 'shared' },
    ]);
  });

  it('leaves out accounts that have it where Facebook refuses all because of them', async () => {
    await manager.share(id, read('2'), ctx);
    sandbox.facebook.addFaults({ kind: 'error', code: 100, message: 'Already shared', method: 'POST', times: 2 });
    await expect(manager.share(id, read('3', '2'), ctx)).resolves.toEqual([
      { account: '3', state: 'shared' },
      { account: '2', state: 'shared' },
    ]);
    expect(posts().at(-1)?.body).toMatchObject({ adaccounts: ['3'] });
  });

  it('waits for the other business at the first share with it', async () => {
    const refused = manager.share(id, read('9'), ctx);
    await expect(refused).rejects.toMatchObject({ code: 'request-rejected' });
    await expect(refused).rejects.toThrow('relationship_type is required');
    const request = { ...read('9'), relationship: 'AGENCY' };

    const pending = [{ account: '9', state: 'pending', message: expect.stringContaining('has to agree') }];
    await expect(manager.share(id, request, ctx)).resolves.toEqual(pending);
    await expect(manager.share(id, request, ctx)).resolves.toEqual(pending);
    sandbox.facebook.patchAudience(id, { sharesApproved: true });
    await expect(manager.share(id, request, ctx)).resolves.toEqual([{ account: '9', state: 'shared' }]);
  });

  it.each([100, 2500])('tries the other spelling of the edge after code %d', async (code) => {
    sandbox.facebook.addFaults({ kind: 'error', code, path: '*/adaccounts', times: 1 });
    await expect(manager.share(id, read('2'), ctx)).resolves.toEqual([{ account: '2', state: 'shared' }]);
    expect(posts().map(({ path }) => path.split('/').at(-1))).toEqual(['adaccounts', 'ad_accounts']);
  });

  it('says what the edge that exists said', async () => {
    sandbox.facebook.addFaults(
      { kind: 'error', code: 100, message: 'No such partner', path: '*/adaccounts', method: 'POST', times: 1 },
      { kind: 'error', code: 2500, message: 'Unknown path', path: '*/ad_accounts', times: 1 },
    );
    await expect(manager.share(id, read('2'), ctx)).rejects.toThrow('No such partner');
  });

  it.each<[string, Partial<ShareRequest>]>([
    ['accounts', { accounts: ['2', 'my account'] }],
    ['relationship', { relationship: 'FRIEND' }],
  ])('sends no %s that Facebook does not know', async (field, change) => {
    await expect(manager.share(id, { ...read('2'), ...change }, ctx)).rejects.toThrow(`Facebook: ${field}: `);
    expect(posts()).toHaveLength(0);
  });

  it.each([
    [{ success: true }, 'answer not understood: no sharing_data'],
    [{ success: true, sharing_data: [] }, undefined],
  ])('does not take %j for a share', async (body, failure) => {
    sandbox.facebook.addFaults({ kind: 'status', status: 200, body });
    const shared = manager.share(id, read('2'), ctx);
    await (failure === undefined
      ? expect(shared).resolves.toEqual([{ account: '2', state: 'refused', message: 'Facebook does not say why' }])
      : expect(shared).rejects.toThrow(failure));
  });

  it('says that the audience is gone, or flagged', async () => {
    await expect(manager.share('120210000000000000', read('2'), ctx)).rejects.toMatchObject({
      code: 'audience-missing',
    });
    sandbox.facebook.patchAudience(id, { flagged: true });
    await expect(manager.share(id, read('2'), ctx)).rejects.toMatchObject({ code: 'audience-blocked' });
  });
});
