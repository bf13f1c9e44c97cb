import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, post, type TestAnswer, type TestUpload, upload } from './support/upload.js';

/** Each row of the table of answers of `POST /audience`. */
describe('POST /audience answers', () => {
  let service: TestService;
  const name = 'Answers';

  beforeAll(async () => {
    service = await startService({
      API_KEYS: 'writer:write-secret-000000:audience:write,reader:read-secret-0000000:audience:read',
      FACEBOOK__EU__ACCESS_TOKEN: 'eu-token',
      FACEBOOK__EU__AD_ACCOUNT_ID: '555',
      MAX_BODY_BYTES: '200000',
      MAX_USERS_PER_BATCH: '1000',
      SYNC_TIMEOUT_MS: '4000',
    });
  });
  afterAll(() => service.stop());

  const headers = { 'x-api-key': 'write-secret-000000' };
  const completed = (answer: TestAnswer) =>
    eventually(
      () => get(service.origin + answer.headers.get('location'), { 'x-api-key': 'read-secret-0000000' }),
      ({ body }) => body.state === 'completed',
    );
  const send = (test: TestUpload) => upload(service.origin, { name, users: TWO_USERS, headers, ...test });

  describe('accepted', () => {
    it('is {"success": true}, that body exactly, with the session’s place, once stored', async () => {
      const answer = await send({ batch: batchOf() });
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ success: true });
      expect(answer.headers.get('location')).toMatch(/^\/sessions\/[0-9a-f-]{36}$/);
      expect(answer.headers.has('idempotent-replay')).toBe(false);
    });

    it('is one true result per tag with sync=true', async () => {
      const users = [...TWO_USERS, { firstName: 'Nobody' }];
      const answer = await send({ batch: batchOf({ totalUsers: 3 }), users, query: 'sync=true' });
      expect(answer.status).toBe(200);
      const counts = { received: 3, accepted: 2, skipped: 1, rejected: 0 };
      expect(answer.body).toEqual({
        success: true,
        results: [
          { provider: 'facebook', tag: 'default', audienceId: expect.stringMatching(/^\d+$/), ...counts },
          { provider: 'facebook', tag: 'eu', audienceId: expect.stringMatching(/^\d+$/), ...counts },
        ],
      });
    });

    it('goes only to the channels that are named', async () => {
      const answer = await send({ batch: batchOf(), query: 'sync=true&channels=facebook/eu' });
      expect(answer.body.results?.map(({ tag }) => tag)).toEqual(['eu']);
    });

    it('takes parts as files, as Swagger UI sends them', async () => {
      const answer = await send({ batch: batchOf(), asFiles: true });
      expect([answer.status, answer.body]).toEqual([200, { success: true }]);
    });
  });

  describe('a failure with sync=true', () => {
    it('is 502 with errors and results, and the other tags are served', async () => {
      service.sandbox.facebook.setToken('eu-token', 'expired');
      const answer = await send({ batch: batchOf(), query: 'sync=true' });
      service.sandbox.facebook.setToken('eu-token', 'valid');
      await post(`${service.origin}/providers/facebook/tags/eu/resume`, headers);
      await completed(answer);
      expect(answer.status).toBe(502);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
      expect(answer.body).toMatchObject({ success: false, code: 'delivery-failed' });
      expect(answer.body.errors).toEqual([
        {
          provider: 'facebook',
          tag: 'eu',
          code: 'credentials-rejected',
          message: expect.any(String),
          retryable: true,
        },
      ]);
      expect(answer.body.results).toMatchObject([
        { tag: 'default', accepted: 2 },
        { tag: 'eu', accepted: 0 },
      ]);
    });

    it('is 502 and retryable when a tag must wait longer than the time left', async () => {
      service.sandbox.facebook.addFaults({ kind: 'rate-limit', path: '*/users', times: 1, retryAfterSeconds: 60 });
      const startedAt = Date.now();
      const answer = await send({ batch: batchOf(), query: 'sync=true&channels=facebook/default' });
      service.sandbox.facebook.clearFaults();
      expect(answer.status).toBe(502);
      expect(answer.body.errors).toMatchObject([{ tag: 'default', code: 'rate-limited', retryable: true }]);
      expect(Date.now() - startedAt).toBeLessThan(3_500);
    });

    it('is 504 with the session’s place at the time limit, and the work goes on', async () => {
      service.sandbox.facebook.addFaults({ kind: 'delay', ms: 5_000, path: '*/users', times: 1 });
      const answer = await send({ batch: batchOf(), query: 'sync=true&channels=facebook/eu' });
      service.sandbox.facebook.clearFaults();
      expect([answer.status, answer.body.code, answer.body.success]).toEqual([504, 'sync-timeout', false]);
      await completed(answer);
    });
  });

  describe('the same key again', () => {
    it('is the first answer again with the same content, and nothing is sent twice', async () => {
      const test = { name: 'Replayed', batch: batchOf(), query: 'sync=true&channels=facebook/eu' };
      const first = await send(test);
      const again = await send(test);
      expect([again.status, again.body]).toEqual([first.status, first.body]);
      expect(again.headers.get('idempotent-replay')).toBe('true');
      expect(again.headers.get('location')).toBe(first.headers.get('location'));
      const [audience] = service.sandbox.facebook.audiences({}).filter((one) => one.name === 'blotout_Replayed');
      expect(audience).toMatchObject({ memberCount: 2, rowsReceived: 2 });
    });

    it.each([
      ['other users', { users: [{ email: 'other@example.com' }] }, 'batch.sequence'],
      ['another total of batches', { batch: { totalBatches: 9 } }, 'batch.totalBatches'],
      ['another total of users', { batch: { totalUsers: 9 } }, 'batch.totalUsers'],
    ])('is 409 with %s', async (_, change, field) => {
      const batch = batchOf();
      await send({ batch });
      const answer = await send({ ...change, batch: { ...batch, ...('batch' in change ? change.batch : {}) } });
      expect([answer.status, answer.body.success]).toEqual([409, false]);
      expect(answer.body.errors).toMatchObject([{ field }]);
    });

    it.each([
      [2, 0],
      [0, 2],
    ])('is 409 for sequence %i after sequence %i of 2', async (second, first) => {
      const batch = batchOf({ totalBatches: 2 });
      await send({ batch: { ...batch, sequence: first } });
      const swapped = [first, second].sort();
      expect(swapped).toEqual([0, 2]);
      const answer = await send({ batch: { ...batch, sequence: second } });
      expect([answer.status, answer.body.code]).toEqual([409, 'sequence-conflict']);
    });
  });

  describe('a bad request', () => {
    it('is 415 without multipart', async () => {
      const answer = await fetch(`${service.origin}/audience`, { method: 'POST', headers, body: '{}' });
      expect(answer.status).toBe(415);
      expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    });

    it('is 413 when the body is too large', async () => {
      const answer = await send({ batch: batchOf(), users: [{ email: 'x'.repeat(300_000) }] });
      expect([answer.status, answer.body.success]).toEqual([413, false]);
    });

    it('is 400 with every mistake together, and nothing is stored', async () => {
      const batch = { sessionId: 1.5, sequence: 3, totalBatches: 2, totalUsers: -1, pullDate: '2026-02-30' };
      const users = [{ email: 'a@example.com' }, { email: 7 }];
      const answer = await send({ name: '', type: 'special', batch, users, query: 'sync=maybe' });
      expect(answer.status).toBe(400);
      const fields = answer.body.errors?.map(({ field }) => field).sort();
      expect(fields).toEqual(
        [
          'name',
          'type',
          'batch.sessionId',
          'batch.sequence',
          'batch.totalUsers',
          'batch.pullDate',
          'users[1].email',
          'sync',
        ].sort(),
      );
      expect(answer.body.errorsTotal).toBe(8);
      expect(JSON.stringify(answer.body)).not.toContain('special');
    });

    it.each([
      ['a part is missing', { batch: undefined }, 'batch'],
      ['JSON is broken', { batch: batchOf(), users: '[{"email": ' }, 'users'],
      ['there are no users', { batch: batchOf(), users: [] }, 'users'],
      ['a channel is not configured', { batch: batchOf(), query: 'channels=facebook,myspace' }, 'channels'],
    ])('is 400 naming the field when %s', async (_, test, field) => {
      const answer = await send(test);
      expect(answer.status).toBe(400);
      expect(answer.body.errors?.map((error) => error.field)).toEqual([field]);
    });

    it('shows the first 20 mistakes and the total', async () => {
      const users = Array.from({ length: 50 }, () => ({ email: 1 }));
      const answer = await send({ batch: batchOf(), users });
      expect(answer.body.errors).toHaveLength(20);
      expect(answer.body.errorsTotal).toBe(50);
    });
  });

  describe('keys', () => {
    it('is 401 with no key or a wrong one, 403 without the scope', async () => {
      const statusWith = async (key: Record<string, string>) => (await send({ batch: batchOf(), headers: key })).status;
      expect(await statusWith({})).toBe(401);
      expect(await statusWith({ 'x-api-key': 'write-secret-000001' })).toBe(401);
      expect(await statusWith({ authorization: 'Bearer read-secret-0000000' })).toBe(403);
      expect(await statusWith({ authorization: 'Bearer write-secret-000000' })).toBe(200);
    });
  });
});

describe('POST /audience on other configurations', () => {
  it('is 503 when no tag is configured', async () => {
    const service = await startService({ FACEBOOK_ACCESS_TOKEN: undefined, FACEBOOK_AD_ACCOUNT_ID: undefined });
    const answer = await upload(service.origin, { name: 'x', batch: batchOf(), users: TWO_USERS });
    await service.stop();
    expect([answer.status, answer.body.code, answer.body.success]).toEqual([503, 'no-tag-configured', false]);
  });

  it('is 429 with Retry-After after too many calls', async () => {
    const service = await startService({ RATE_LIMIT_PER_MINUTE: '2' });
    const call = () => upload(service.origin, { name: 'x', batch: batchOf(), users: TWO_USERS });
    const answers = [await call(), await call(), await call()];
    await service.stop();
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429]);
    expect(Number(answers[2]?.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(answers[2]?.body.success).toBe(false);
  });
});
