import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { add, DOE, JANE, NEW_SEGMENT, people, SpecLinkedInClient, verdict } from './spec-linkedin-client.js';

let sandbox: Sandbox;
let linkedin: SpecLinkedInClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  linkedin = new SpecLinkedInClient(sandbox);
});
afterEach(() => sandbox.stop());

describe('the simulator as tests see it', () => {
  it('names the variables that point the service at it', () => {
    expect(sandbox.linkedin.environment).toEqual({
      LINKEDIN_BASE_URL: sandbox.linkedin.origin,
      LINKEDIN_TOKEN_URL: `${sandbox.linkedin.origin}/oauth/v2/accessToken`,
      LINKEDIN_ACCESS_TOKEN: 'sandbox-token',
      LINKEDIN_AD_ACCOUNT_ID: '512345678',
    });
  });

  it('shows its segments, with what only this platform has', async () => {
    const id = await linkedin.segment({ sourceSegmentId: 'aud_1' });
    await linkedin.users(id, [add(JANE)]);
    expect(sandbox.linkedin.audiences()).toEqual([
      {
        id,
        name: 'Buyers',
        account: '512345678',
        memberCount: 1,
        rowsReceived: 1,
        details: {
          type: 'USER',
          sourcePlatform: 'DIRECT_API',
          sourceSegmentId: 'aud_1',
          description: null,
          status: 'BUILDING',
          inputCount: null,
          matchedCount: null,
          audienceSize: null,
        },
      },
    ]);
  });

  it('shows members in parts', async () => {
    const id = await linkedin.segment();
    const [first = '', second = '', third = ''] = people(3);
    await linkedin.users(id, [add(first), add(second), add(third)]);
    expect(sandbox.linkedin.audiences({ members: true, offset: 1, limit: 1 })[0]?.members).toEqual([
      { columns: { SHA256_EMAIL: second }, timesReceived: 1 },
    ]);
  });

  it('lets a segment be changed from the outside', async () => {
    const id = await linkedin.segment();
    expect(sandbox.linkedin.patchAudience(id, { status: 'FAILED' })?.details).toMatchObject({ status: 'FAILED' });
    sandbox.linkedin.patchAudience(id, { failElements: { status: 429, count: 1 } });
    const { body } = await linkedin.users(id, [add(JANE), add(DOE)]);
    expect(body).toMatchObject({ elements: [{ status: 429, error: { status: 429 } }, { status: 201 }] });
    expect(sandbox.linkedin.audiences()).toMatchObject([{ memberCount: 1 }]);
    sandbox.linkedin.patchAudience(id, { deleted: true });
    expect(verdict(await linkedin.users(id, [add(JANE)]))).toEqual([404, 'NOT_FOUND']);
    expect(sandbox.linkedin.patchAudience(id, { status: 'READY' })).toBeUndefined();
  });

  it.each([
    [{ flagged: true }, 'a segment has no flagged'],
    [{ deleted: false }, 'a segment has no deleted'],
    [{ status: 'PROCESSING' }, 'a segment has no status'],
    [{ failElements: 3 }, 'failElements must be a JSON object'],
    [{ failElements: { status: 429 } }, 'failElements needs a status and a count'],
  ])('refuses the change %j', async (patch, sentence) => {
    const id = await linkedin.segment();
    expect(() => sandbox.linkedin.patchAudience(id, patch)).toThrow(sentence);
  });

  it('refuses a token state that there is not', () => {
    expect(() => sandbox.linkedin.setToken('t', 'lost')).toThrow(
      'state must be one of valid, expired, revoked, invalid, no-permission, viewer',
    );
  });

  it('forgets everything', async () => {
    await linkedin.segment();
    sandbox.linkedin.setToken('spec-token', 'revoked');
    sandbox.linkedin.reset();
    expect(sandbox.linkedin.audiences()).toEqual([]);
    expect(await linkedin.segment()).toBe('17667093');
  });

  it('answers a body that is too large in the envelope', async () => {
    const body = `"${'x'.repeat(64 * 1024 * 1024)}"`;
    expect(await linkedin.send('POST', '/dmpSegments', body)).toMatchObject({ status: 413, body: { status: 413 } });
  });
});

describe('planned faults', () => {
  it('are rate limits without a wait, unless one is asked for', async () => {
    sandbox.linkedin.addFaults({ kind: 'rate-limit', times: 1 }, { kind: 'rate-limit', retryAfterSeconds: 7 });
    const [silent, telling] = [await linkedin.list(), await linkedin.list()];
    expect([silent.status, silent.headers.get('retry-after')]).toEqual([429, null]);
    expect([telling.status, telling.headers.get('retry-after')]).toEqual([429, '7']);
    expect(silent.body).toMatchObject({ status: 429, serviceErrorCode: 101 });
  });

  it.each([
    [{ code: 65600 }, 401, 'INVALID_ACCESS_TOKEN'],
    [{ code: 65602 }, 401, 'EXPIRED_ACCESS_TOKEN'],
    [{ code: 100 }, 403, 'ACCESS_DENIED'],
    [{ code: 1, status: 409 }, 409, undefined],
    [{ code: 1 }, 500, undefined],
  ])('are errors: %j', async (fault, status, code) => {
    sandbox.linkedin.addFaults({ kind: 'error', ...fault });
    const reply = await linkedin.send('POST', '/dmpSegments', NEW_SEGMENT);
    expect([...verdict(reply), reply.body['serviceErrorCode']]).toEqual([status, code, fault.code]);
  });
});
