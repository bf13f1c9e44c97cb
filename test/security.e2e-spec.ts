import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeApi } from '../src/app.setup.js';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, upload } from './support/upload.js';

const KEYS = {
  writer: 'write-secret-000000',
  reader: 'read-secret-0000000',
  both: 'both-secret-0000000',
  boss: 'boss-secret-0000000',
  all: 'all-scopes-secret-00',
} as const;
const API_KEYS = [
  `writer:${KEYS.writer}:audience:write`,
  `reader:${KEYS.reader}:audience:read`,
  `both:${KEYS.both}:audience:read+audience:write`,
  `boss:${KEYS.boss}:admin`,
  `all:${KEYS.all}`,
].join(',');

const ID = '018f5e7a-0000-7000-8000-000000000000';

/** Every endpoint, the scope that it needs, and what it answers to a key with that scope. */
const ENDPOINTS: readonly [
  endpoint: string,
  scope: 'audience:write' | 'audience:read' | 'admin' | 'none',
  reached: number,
][] = [
  ['POST /audience', 'audience:write', 415],
  ['POST /audience/preview', 'audience:write', 415],
  ['POST /custom-audiences/{id}/uploads', 'audience:write', 404],
  ['POST /custom-audiences/{id}/users', 'audience:write', 404],
  ['DELETE /custom-audiences/{id}/users', 'audience:write', 404],
  ['POST /custom-audiences/{id}/refresh', 'audience:write', 404],
  ['GET /sessions', 'audience:read', 200],
  ['GET /sessions/{id}', 'audience:read', 404],
  ['GET /sessions/{id}/rejections', 'audience:read', 404],
  ['GET /deliveries', 'audience:read', 200],
  ['GET /deliveries/{id}', 'audience:read', 404],
  ['POST /deliveries/{id}/retry', 'audience:write', 404],
  ['POST /deliveries/{id}/cancel', 'audience:write', 404],
  ['POST /providers/{provider}/tags/{tag}/resume', 'audience:write', 404],
  ['POST /providers/{provider}/tags/{tag}/retry', 'audience:write', 404],
  ['GET /custom-audiences', 'audience:read', 200],
  ['POST /custom-audiences', 'audience:write', 415],
  ['GET /custom-audiences/{id}', 'audience:read', 404],
  ['PATCH /custom-audiences/{id}', 'audience:write', 415],
  ['DELETE /custom-audiences/{id}', 'audience:write', 404],
  ['POST /custom-audiences/{id}/shares', 'audience:write', 415],
  ['POST /custom-audiences/{id}/lookalikes', 'audience:write', 415],
  ['GET /custom-audiences/{id}/sizes', 'audience:read', 404],
  ['GET /events', 'audience:read', 200],
  ['GET /events/stream', 'audience:read', 400],
  ['POST /webhooks', 'admin', 415],
  ['GET /webhooks', 'admin', 200],
  ['GET /webhooks/{id}', 'admin', 404],
  ['PATCH /webhooks/{id}', 'admin', 415],
  ['DELETE /webhooks/{id}', 'admin', 404],
  ['POST /webhooks/{id}/rotate-secret', 'admin', 404],
  ['POST /webhooks/{id}/test', 'admin', 404],
  ['GET /webhooks/{id}/deliveries', 'admin', 404],
  ['POST /webhooks/{id}/deliveries/{deliveryId}/retry', 'admin', 404],
  ['POST /erasures', 'audience:write', 415],
  ['GET /erasures', 'audience:read', 200],
  ['GET /erasures/{id}', 'audience:read', 404],
  ['GET /custom-audiences/{id}/analysis', 'audience:read', 404],
  ['GET /custom-audiences/{id}/report', 'audience:read', 404],
  ['GET /providers', 'audience:read', 200],
  ['GET /metrics', 'audience:read', 200],
  ['GET /health/live', 'none', 200],
  ['GET /health/ready', 'none', 200],
  ['GET /docs', 'none', 200],
  ['GET /openapi.json', 'none', 200],
];

describe('the edge of the service', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ API_KEYS, MAX_BODY_BYTES: '50000', MAX_USERS_PER_BATCH: '20' });
  });
  afterAll(() => service.stop());

  const call = (endpoint: string, headers: Record<string, string> = {}) => {
    const [method, path = ''] = endpoint.split(' ');
    return fetch(
      service.origin +
        path
          .replace('{id}', ID)
          .replace('{deliveryId}', ID)
          .replace('/stream', '/stream?after=x')
          .replace('{provider}', 'facebook')
          .replace('{tag}', 'nowhere'),
      { method, headers },
    );
  };

  describe('scopes', () => {
    it('are decided for every documented endpoint by this table', () => {
      const documented = Object.entries(describeApi(service.app).paths).flatMap(([path, methods]) =>
        Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
      );
      const listed = ENDPOINTS.map(([endpoint]) => endpoint);
      expect(documented.filter((endpoint) => !listed.includes(endpoint))).toEqual([]);
    });

    it.each(ENDPOINTS)('%s needs %s', async (endpoint, scope, reached) => {
      const statusWith = async (secret?: string) =>
        (await call(endpoint, secret === undefined ? {} : { 'x-api-key': secret })).status;
      const isOpen = scope === 'none';
      expect({
        none: await statusWith(),
        wrong: await statusWith(`${KEYS.boss}1`),
        reader: await statusWith(KEYS.reader),
        writer: await statusWith(KEYS.writer),
        both: await statusWith(KEYS.both),
        admin: await statusWith(KEYS.boss),
        withoutScopes: await statusWith(KEYS.all),
      }).toEqual({
        none: isOpen ? reached : 401,
        wrong: isOpen ? reached : 401,
        reader: isOpen || scope === 'audience:read' ? reached : 403,
        writer: isOpen || scope === 'audience:write' ? reached : 403,
        both: scope === 'admin' ? 403 : reached,
        admin: reached,
        withoutScopes: reached,
      });
    });

    it('challenge as RFC 6750 says, and never repeat the key', async () => {
      const challenges: [Record<string, string>, string][] = [
        [{}, 'Bearer realm="audience-api"'],
        [{ authorization: 'Bearer guessed-secret-1' }, 'Bearer realm="audience-api", error="invalid_token"'],
        [
          { authorization: `bearer ${KEYS.writer}` },
          'Bearer realm="audience-api", error="insufficient_scope", scope="audience:read"',
        ],
      ];
      for (const [headers, challenge] of challenges) {
        const answer = await call('GET /sessions', headers);
        expect(answer.headers.get('www-authenticate')).toBe(challenge);
        expect(await answer.text()).not.toMatch(/secret/);
      }
    });

    it('do not take a key from the address, where it would be logged', async () => {
      for (const name of ['api_key', 'apiKey', 'x-api-key', 'access_token', 'token']) {
        expect((await call(`GET /sessions?${name}=${KEYS.boss}`)).status).toBe(401);
      }
    });
  });

  it.each(['GET /sessions', 'GET /health/live', 'GET /docs', 'GET /nothing'])(
    'hardens the answer to %s',
    async (one) => {
      const { headers } = await call(one);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': expect.stringContaining("default-src 'self'"),
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'referrer-policy': 'no-referrer',
        'strict-transport-security': expect.stringMatching(/^max-age=\d+/),
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'SAMEORIGIN',
      });
      expect(headers.has('x-powered-by')).toBe(false);
      expect(headers.has('access-control-allow-origin')).toBe(false);
    },
  );

  describe('limits', () => {
    const headers = { 'x-api-key': KEYS.writer };
    const send = (change: Record<string, unknown>) =>
      upload(service.origin, { name: 'Limits', batch: batchOf(), users: TWO_USERS, headers, ...change });
    const users = (count: number) => Array.from({ length: count }, () => ({ email: 'a@example.com' }));
    let nested: unknown = 1;
    for (let level = 0; level < 1_000; level++) nested = [nested];

    it.each([
      ['the most users', { users: users(20) }, 200, []],
      ['one user too many', { users: users(21) }, 400, ['users']],
      ['a longer value', { users: [{ email: 'x'.repeat(1_001) }] }, 400, ['users[0].email']],
      ['a longer name', { name: 'x'.repeat(201) }, 400, ['name']],
      ['a name with a line break', { name: 'a\nb' }, 400, ['name']],
      ['a deep batch', { batch: batchOf({ deep: nested }) }, 400, ['batch']],
      [
        'many channels',
        { query: `channels=${Array.from({ length: 101 }, (_, i) => `c${i}`).join()}` },
        400,
        ['channels'],
      ],
      ['a part name of 4 kB', { name: 'x'.repeat(4_097) }, 413, undefined],
      ['a batch part of 4 kB', { batch: batchOf({ more: 'x'.repeat(4_096) }) }, 413, undefined],
      ['a body of 50 kB', { users: Array.from({ length: 60 }, () => ({ email: 'x'.repeat(900) })) }, 413, undefined],
    ])('hold for %s', async (_, change, status, fields) => {
      const answer = await send(change);
      expect([answer.status, answer.body.success]).toEqual([status, status === 200]);
      if (fields) expect(answer.body.errors?.map(({ field }) => field) ?? []).toEqual(fields);
    });

    it('do not let a user’s key reach beyond the user', async () => {
      const pollution =
        '[{"email":"a@example.com","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}]';
      expect((await send({ users: pollution })).status).toBe(200);
      expect(
        (await send({ batch: JSON.stringify(batchOf()).replace('{', '{"__proto__":{"polluted":1},') })).status,
      ).toBe(200);
      expect('polluted' in {}).toBe(false);
    });
  });
});

describe('a start that is refused', () => {
  let dataDir: string;

  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'audience-api-refused-'));
  });
  afterAll(() => rm(dataDir, { recursive: true }));

  it.each(['0.0.0.0', '::', '192.168.1.5'])('is one sentence and status 1 for HOST=%s without keys', async (host) => {
    const { code, stdout, stderr } = await ServiceProcess.refused({ HOST: host, DATA_DIR: dataDir });
    expect({ code, stdout, stderr }).toEqual({
      code: 1,
      stdout: '',
      stderr: 'API_KEYS is missing: it may be unset only while HOST is a loopback address\n',
    });
    expect(await readdir(dataDir)).toEqual([]);
  });

  it('names every mistake at once by its variable, and repeats no value', async () => {
    const { code, stdout, stderr } = await ServiceProcess.refused({
      HOST: 'http://value-1',
      PORT: 'value-2',
      ROLE: 'value-3',
      DATABASE_URL: 'mysql://user:value-4@db/x',
      API_KEYS: 'value-5,name:value-6,other:value-7-is-long-enough:value-8',
      ENCRYPTION_KEY: 'value-9',
      SYNC_TIMEOUT_MS: 'value-10',
      MAX_BODY_BYTES: '-11',
      MAX_USERS_PER_BATCH: '0',
      RATE_LIMIT_PER_MINUTE: '1e3',
      LOG_LEVEL: 'value-12',
      FACEBOOK_ACCESS_TOKEN: 'value-13',
      FACEBOOK_VALUE_BASED: 'value-14',
      FACEBOOK__EU__AD_ACCOUNT_ID: 'value-15',
      FACEBOOK__EU__COLOUR: 'value-16',
      DATA_DIR: dataDir,
    });
    expect([code, stdout]).toEqual([1, '']);
    const lines = stderr.trimEnd().split('\n');
    const named = lines.map((line) => /^[A-Z_]+/.exec(line)?.[0]);
    expect([...new Set(named)].sort()).toEqual([
      'API_KEYS',
      'DATABASE_URL',
      'ENCRYPTION_KEY',
      'FACEBOOK_AD_ACCOUNT_ID',
      'FACEBOOK_VALUE_BASED',
      'FACEBOOK__EU__ACCESS_TOKEN',
      'FACEBOOK__EU__AD_ACCOUNT_ID',
      'FACEBOOK__EU__COLOUR',
      'HOST',
      'LOG_LEVEL',
      'MAX_BODY_BYTES',
      'MAX_USERS_PER_BATCH',
      'PORT',
      'RATE_LIMIT_PER_MINUTE',
      'ROLE',
      'SYNC_TIMEOUT_MS',
    ]);
    expect(named.filter((name) => name === 'API_KEYS')).toHaveLength(3);
    expect(stderr).not.toMatch(/value-\d|-11|1e3/);
    expect(await readdir(dataDir)).toEqual([]);
  });
});
