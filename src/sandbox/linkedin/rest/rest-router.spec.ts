import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { LINKEDIN_TOKEN_STATES, type LinkedInSimulatorOptions } from '../linkedin-options.js';
import { ACCOUNT, add, JANE, NEW_SEGMENT, SpecLinkedInClient, verdict } from '../spec-linkedin-client.js';

let sandbox: Sandbox;
let linkedin: SpecLinkedInClient;

async function start(options: LinkedInSimulatorOptions = {}): Promise<void> {
  sandbox = await startSandbox({ linkedin: options });
  linkedin = new SpecLinkedInClient(sandbox);
}

beforeEach(() => start());
afterEach(() => sandbox.stop());

const LIST = `/dmpSegments?q=account&account=${encodeURIComponent(ACCOUNT)}`;

describe('every call', () => {
  it.each([
    [null, 400, 'VERSION_MISSING'],
    ['202511', 426, 'NONEXISTENT_VERSION'],
    ['202512', 426, 'NONEXISTENT_VERSION'],
    ['202613', 426, 'NONEXISTENT_VERSION'],
    ['2026-08', 426, 'NONEXISTENT_VERSION'],
    ['202601', 200, undefined],
  ])('of version %s: %i %s', async (version, status, code) => {
    const reply = await linkedin.send('GET', LIST, undefined, { 'linkedin-version': version });
    expect(verdict(reply)).toEqual([status, code]);
    expect(reply.headers.get('sunset')).toBeNull();
  });

  it.each([null, '1.0.0'])('of protocol %s is refused', async (protocol) => {
    const reply = await linkedin.send('GET', LIST, undefined, { 'x-restli-protocol-version': protocol });
    expect(verdict(reply)).toEqual([400, 'PROTOCOL_VERSION_NOT_SUPPORTED']);
  });

  it.each([null, '', 'spec-token', 'Bearer', 'Bearer a b', 'Basic YTpi'])('needs a bearer, not %j', async (value) => {
    const reply = await linkedin.send('GET', LIST, undefined, { authorization: value });
    expect([reply.status, reply.body]).toMatchObject([
      401,
      { status: 401, serviceErrorCode: 401, message: 'Empty oauth2_access_token' },
    ]);
  });

  it('takes no token in the address', async () => {
    const reply = await linkedin.send('GET', `${LIST}&oauth2_access_token=t`, undefined, {});
    expect(verdict(reply)).toEqual([400, 'QUERY_PARAM_NOT_ALLOWED']);
  });

  it.each([
    ['valid', 200, undefined, undefined],
    ['invalid', 401, 65600, 'INVALID_ACCESS_TOKEN'],
    ['revoked', 401, 65601, 'REVOKED_ACCESS_TOKEN'],
    ['expired', 401, 65602, 'EXPIRED_ACCESS_TOKEN'],
    ['no-permission', 403, 100, 'ACCESS_DENIED'],
    ['viewer', 200, undefined, undefined],
  ])('with a token that is %s: %i', async (state, status, serviceErrorCode, code) => {
    expect(LINKEDIN_TOKEN_STATES).toContain(state);
    sandbox.linkedin.setToken('spec-token', state);
    const { status: answered, body } = await linkedin.send('GET', LIST);
    expect([answered, body['serviceErrorCode'], body['code']]).toEqual([status, serviceErrorCode, code]);
  });

  it('that changes something needs more than the role of a viewer', async () => {
    const id = await linkedin.segment();
    sandbox.linkedin.setToken('spec-token', 'viewer');
    const replies = [
      await linkedin.create(),
      await linkedin.users(id, [add(JANE)]),
      await linkedin.send('DELETE', `/dmpSegments/${id}`),
    ];
    expect(replies.map(verdict)).toEqual(Array(3).fill([403, 'ACCESS_DENIED']));
    expect(sandbox.linkedin.audiences()).toMatchObject([{ memberCount: 0 }]);
  });

  it('goes to accounts of the token alone', async () => {
    const id = await linkedin.segment();
    await sandbox.stop();
    await start({ adAccounts: ['77'], acceptedTokens: ['spec-token'] });
    expect(verdict(await linkedin.create())).toEqual([403, 'ACCESS_DENIED']);
    expect(verdict(await linkedin.list())).toEqual([403, 'ACCESS_DENIED']);
    expect(verdict(await linkedin.send('GET', `/dmpSegments/${id}`))).toEqual([404, 'NOT_FOUND']);
    const stranger = new SpecLinkedInClient(sandbox, 'other');
    expect(verdict(await stranger.list())).toEqual([401, 'INVALID_ACCESS_TOKEN']);
  });

  it('has the ids that support asks for', async () => {
    for (const reply of [await linkedin.list(), await linkedin.send('GET', '/dmpSegments/1')]) {
      expect(reply.headers.get('x-li-uuid')).toMatch(/^[0-9a-f]{32}$/);
      expect(reply.headers.get('x-li-fabric')).toBe('sandbox');
    }
  });
});

describe('a call that there is not', () => {
  it.each([
    ['GET', '/nothing', 404],
    ['GET', '/dmpSegments/1/users', 405],
    ['PUT', '/dmpSegments/1', 405],
    ['PATCH', '/dmpSegments/1', 405],
    ['GET', '/dmpSegments/x', 400],
    ['GET', '/dmpSegments/1/nothing', 404],
  ])('%s %s: %i', async (method, path, status) => {
    expect((await linkedin.send(method, path)).status).toBe(status);
  });

  it.each([
    ['POST', '/dmpSegments', 'BATCH_CREATE'],
    ['GET', LIST, 'BATCH_GET'],
    ['POST', '/dmpSegments/1', null],
    ['POST', '/dmpSegments/1', 'UPDATE'],
    ['POST', '/dmpSegments/1/users', 'BATCH_DELETE'],
  ])('%s %s with X-RestLi-Method %s', async (method, path, restMethod) => {
    const body = method === 'POST' ? {} : undefined;
    const reply = await linkedin.send(method, path, body, { 'x-restli-method': restMethod });
    expect(verdict(reply)).toEqual([400, 'METHOD_NOT_SUPPORTED']);
  });
});

describe('a body', () => {
  it.each([
    ['text/plain', JSON.stringify(NEW_SEGMENT), 400],
    ['application/x-www-form-urlencoded', 'name=Buyers', 400],
    ['application/json', '{', 400],
    ['application/json', '[]', 400],
  ])('of %s, %s', async (type, body, status) => {
    const reply = await linkedin.send('POST', '/dmpSegments', body, { 'content-type': type });
    expect([reply.status, reply.body['status']]).toEqual([status, status]);
  });
});

describe('a query', () => {
  it.each([
    ['not encoded', `/dmpSegments?q=account&account=${ACCOUNT}`, 'PARAM_INVALID'],
    ['encoded wrongly', '/dmpSegments?q=account&account=%E0%A4', 'PARAM_INVALID'],
    ['with an unknown parameter', `${LIST}&name=Buyers`, 'QUERY_PARAM_NOT_ALLOWED'],
    ['with a parameter twice', `${LIST}&q=account`, 'ILLEGAL_ARGUMENT'],
  ])('%s', async (_, path, code) => {
    expect(verdict(await linkedin.send('GET', path))).toEqual([400, code]);
  });
});

describe('the limits', () => {
  it('are 600 calls to /users a minute for each token, and no header tells of it', async () => {
    const id = await linkedin.segment();
    const call = () => linkedin.users(id, [add(JANE)]);
    const within = await Promise.all(Array.from({ length: 600 }, call));
    expect(within.filter(({ status }) => status !== 200)).toEqual([]);
    const beyond = await call();
    expect([beyond.status, beyond.body]).toMatchObject([429, { serviceErrorCode: 101, status: 429 }]);
    expect(beyond.headers.get('retry-after')).toBeNull();
    expect((await linkedin.list()).status).toBe(200);
    expect((await new SpecLinkedInClient(sandbox, 'another').users(id, [add(JANE)])).status).toBe(200);
    sandbox.linkedin.advanceClock(61_000);
    expect((await call()).status).toBe(200);
  });

  it('of a day end at 00:00 UTC', async () => {
    await sandbox.stop();
    await start({ callsPerDay: 2 });
    const day = 86_400_000;
    sandbox.linkedin.advanceClock(day - (sandbox.linkedin.now() % day));
    expect((await linkedin.list()).status).toBe(200);
    expect((await linkedin.list()).status).toBe(200);
    expect((await linkedin.list()).status).toBe(429);
    sandbox.linkedin.advanceClock(day);
    expect((await linkedin.list()).status).toBe(200);
  });
});
