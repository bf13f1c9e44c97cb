import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { ADVERTISER, JANE, lines, people, SpecTikTokClient, verdict } from './spec-tiktok-client.js';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  tiktok = new SpecTikTokClient(sandbox);
});
afterEach(() => sandbox.stop());

describe('the simulator as tests see it', () => {
  it('names the variables that point the service at it', () => {
    expect(sandbox.tiktok.environment).toEqual({
      TIKTOK_BASE_URL: sandbox.tiktok.origin,
      TIKTOK_ACCESS_TOKEN: 'sandbox-token',
      TIKTOK_ADVERTISER_ID: '7170000000000000001',
    });
  });

  it('shows its audiences, with what only this platform has', async () => {
    const id = await tiktok.segment();
    await tiktok.map(id, [[JANE]]);
    expect(sandbox.tiktok.audiences()).toEqual([
      {
        id,
        name: 'Buyers',
        account: '7170000000000000001',
        memberCount: 1,
        rowsReceived: 1,
        details: {
          type: 'Partner',
          subType: 'NORMAL',
          calculateType: 'MULTIPLE_TYPES',
          retentionDays: null,
          coverNum: 0,
          valid: false,
          processing: true,
          errorMsg: null,
          sharedWith: [],
          lookalikeOf: null,
        },
      },
    ]);
  });

  it('shows members in parts', async () => {
    const id = await tiktok.segment();
    const [first = '', second = '', third = ''] = people(3);
    await tiktok.map(id, [[first], [second], [third]]);
    expect(sandbox.tiktok.audiences({ members: true, offset: 1, limit: 1 })[0]?.members).toEqual([
      { columns: { EMAIL_SHA256: second }, timesReceived: 1 },
    ]);
  });

  it('lets an audience be changed from the outside', async () => {
    const id = await tiktok.segment();
    const large = sandbox.tiktok.patchAudience(id, { coverNum: 1000 });
    expect(large?.details).toMatchObject({ coverNum: 1000, valid: true });
    expect((await tiktok.details(id)).audience_details).toMatchObject({ cover_num: 1000, is_valid: true });
    const expired = sandbox.tiktok.patchAudience(id, { expired: true });
    expect(expired?.details).toMatchObject({ coverNum: 0, valid: false });
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 40002]);
    sandbox.tiktok.patchAudience(id, { deleted: true });
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 40007]);
    expect(sandbox.tiktok.patchAudience(id, { expired: false })).toBeUndefined();
  });

  it.each([[{ flagged: true }], [{ coverNum: -1 }], [{ skipRows: '1' }], [{ deleted: false }], [{ sharedWith: [7] }]])(
    'refuses the change %j',
    async (patch) => {
      const id = await tiktok.segment();
      expect(() => sandbox.tiktok.patchAudience(id, patch)).toThrow('that could become this');
    },
  );

  it('refuses a token state that there is not', () => {
    expect(() => sandbox.tiktok.setToken('t', 'lost')).toThrow(
      'state must be one of valid, expired, revoked, no-permission, read-only',
    );
  });

  it('forgets everything', async () => {
    await tiktok.segment();
    const path = await tiktok.path(lines(people(1)));
    sandbox.tiktok.setToken('spec-token', 'revoked');
    sandbox.tiktok.reset();
    expect(sandbox.tiktok.audiences()).toEqual([]);
    const update = { file_paths: [path], calculate_type: 'EMAIL_SHA256', custom_audience_name: 'x' };
    const reply = await tiktok.post('/dmp/custom_audience/create/', { advertiser_id: ADVERTISER, ...update });
    expect(verdict(reply)).toEqual([200, 40905]);
    expect(await tiktok.segment()).toBe('7410987654321000001');
  });

  it('answers a body that cannot be read in the envelope, and one that is too large with 413', async () => {
    const headers = { 'Access-Token': 'spec-token', 'content-type': 'application/json' };
    const broken = await tiktok.send('/segment/mapping/', { method: 'POST', headers, body: '{' });
    expect(broken.body).toMatchObject({ code: 40002, message: 'The request body could not be read.', data: {} });
    const body = `"${'x'.repeat(64 * 1024 * 1024)}"`;
    const large = await fetch(`${tiktok.base}/segment/mapping/`, { method: 'POST', headers, body });
    expect(large.status).toBe(413);
  });
});
