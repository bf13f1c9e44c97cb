import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

const LONG_ID = 'x'.repeat(65);

/** What the framework and its parsers refuse looks like every other error of the service. */
describe('what the framework refuses', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ MAX_BODY_BYTES: '20000' });
  });
  afterAll(() => service.stop());

  /** Calls, and checks all that every error has in common. */
  async function refused(path: string, init: RequestInit = {}) {
    const answer = await fetch(service.origin + path, init);
    const body = (await answer.json()) as Record<string, unknown>;
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
    expect(body).toMatchObject({
      status: answer.status,
      success: false,
      type: `urn:audience-api:problem:${body.code as string}`,
      title: expect.stringMatching(/\w/),
      detail: expect.stringMatching(/\w/),
    });
    expect(body.requestId).toMatch(/^[\w.-]{1,64}$/);
    expect(body.requestId).toBe(answer.headers.get('x-request-id'));
    return { status: answer.status, code: body.code, headers: answer.headers, body };
  }

  const form = (type: string, body: string) => ({ method: 'POST', headers: { 'content-type': type }, body });
  const MULTIPART = 'multipart/form-data; boundary=edge';
  const part = (name: string, value: string) =>
    `--edge\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;

  describe('addresses', () => {
    it.each(['/', '/nothing', '/sessions/a/b/c', '/audience/1', '/docs/nothing.js', '/health', '/favicon.ico'])(
      'is 404 for GET %s',
      async (path) => {
        expect(await refused(path)).toMatchObject({ status: 404, code: 'not-found' });
      },
    );

    it.each(['/%', '/sessions/%ff', '/%c0%af'])('is 400 or 404 for the broken address %s', async (path) => {
      expect([400, 404]).toContain((await refused(path)).status);
    });

    it('does not repeat the address', async () => {
      const { body } = await refused('/nothing/ada@example.com?email=grace@example.com');
      expect(JSON.stringify(body)).not.toMatch(/ada|grace|nothing\//);
    });

    it.each([
      ['GET', '/audience', 'POST'],
      ['PUT', '/audience', 'POST'],
      ['POST', '/sessions', 'GET, HEAD'],
      ['DELETE', '/sessions/018f5e7a-0000-7000-8000-000000000000', 'GET, HEAD'],
      ['PATCH', '/deliveries', 'GET, HEAD'],
      ['GET', '/deliveries/018f5e7a-0000-7000-8000-000000000000/retry', 'POST'],
      ['POST', '/health/ready', 'GET, HEAD'],
      ['POST', '/metrics', 'GET, HEAD'],
      ['POST', '/openapi.json', 'GET, HEAD'],
    ])('is 405 for %s %s, with Allow: %s', async (method, path, allow) => {
      const { status, code, headers } = await refused(path, { method });
      expect([status, code, headers.get('allow')]).toEqual([405, 'method-not-allowed', allow]);
    });

    it('is 404, not 405, where the method is right and the thing is not there', async () => {
      const id = '018f5e7a-0000-7000-8000-000000000000';
      expect(await refused(`/deliveries/${id}`)).toMatchObject({ status: 404, code: 'delivery-not-found' });
      expect(await refused(`/deliveries/${id}/retry`, { method: 'POST' })).toMatchObject({ status: 404 });
    });
  });

  describe('bodies', () => {
    it.each([
      ['JSON', 'application/json', '{"name":"x"}'],
      ['a plain form', 'application/x-www-form-urlencoded', 'name=x'],
      ['another multipart', 'multipart/mixed; boundary=edge', '--edge--'],
      ['text', 'text/plain', 'x'],
    ])('is 415 for %s', async (_, type, body) => {
      expect(await refused('/audience', form(type, body))).toMatchObject({
        status: 415,
        code: 'unsupported-media-type',
      });
    });

    it('is 415 without a body', async () => {
      expect(await refused('/audience', { method: 'POST' })).toMatchObject({ status: 415 });
    });

    it.each([
      ['has no boundary', 'multipart/form-data', part('name', 'x')],
      ['is empty', MULTIPART, ''],
      ['ends in the middle of a part', MULTIPART, part('name', 'x').slice(0, -3)],
      ['ends in the middle of the headers of a part', MULTIPART, '--edge\r\nContent-Disposition: form-data; na'],
      ['has another boundary than it says', MULTIPART, part('name', 'x').replaceAll('edge', 'ledge')],
      ['has a part without a name', MULTIPART, `--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--\r\n`],
      ['has too many parts', MULTIPART, `${part('extra', 'x').repeat(60)}--edge--\r\n`],
      ['has the name of a part without end', MULTIPART, `${part('n'.repeat(500), 'x')}--edge--\r\n`],
    ])('is 400 for a form that %s', async (_, type, body) => {
      expect(await refused('/audience', form(type, body))).toMatchObject({ status: 400 });
    });

    it('is 413 for a body that is too large, told in advance or not', async () => {
      const large = part('users', 'x'.repeat(30_000));
      expect(await refused('/audience', form(MULTIPART, large))).toMatchObject({
        status: 413,
        code: 'payload-too-large',
      });
      expect(await sendInPieces(large)).toEqual({ status: 413, type: 'application/problem+json; charset=utf-8' });
    });

    it('is 413 for a small part that is too large', async () => {
      const parts = { name: 'x'.repeat(5_000), batch: batchOf(), users: TWO_USERS };
      const answer = await upload(service.origin, parts);
      expect([answer.status, answer.body.success]).toEqual([413, false]);
    });
  });

  /** Chunked: nothing says how long it gets. The answer comes before the end. */
  function sendInPieces(body: string): Promise<{ status?: number; type?: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(`${service.origin}/audience`, { method: 'POST', headers: { 'content-type': MULTIPART } });
      sent.on('error', reject);
      sent.on('response', (answer) => {
        void text(answer).then(() => {
          sent.destroy();
          resolve({ status: answer.statusCode, type: answer.headers['content-type'] });
        }, reject);
      });
      sent.write(body);
    });
  }

  describe('X-Request-Id', () => {
    it('is the caller’s where it is harmless, on errors and on answers', async () => {
      const headers = { 'x-request-id': 'run-42.upload_7' };
      expect((await refused('/nothing', { headers })).body.requestId).toBe('run-42.upload_7');
      expect((await fetch(`${service.origin}/sessions`, { headers })).headers.get('x-request-id')).toBe(
        'run-42.upload_7',
      );
    });

    it.each(['two words', 'ada@example.com', LONG_ID, '<script>'])('is a new one instead of %s', async (offered) => {
      const { body } = await refused('/nothing', { headers: { 'x-request-id': offered } });
      expect(body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    });

    it('differs from call to call', async () => {
      const ids = [(await refused('/nothing')).body.requestId, (await refused('/nothing')).body.requestId];
      expect(new Set(ids).size).toBe(2);
    });
  });
});
