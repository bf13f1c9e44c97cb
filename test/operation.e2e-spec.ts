import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, post, untilState, upload } from './support/upload.js';

/** What operators and their tools look at: `/providers`, `/health` and `/metrics`. */
describe('operation', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({
      FACEBOOK__EU__ACCESS_TOKEN: 'eu-token',
      FACEBOOK__EU__AD_ACCOUNT_ID: 'act_555',
    });
  });
  afterAll(() => service.stop());
  afterEach(() => {
    service.sandbox.facebook.clearFaults();
    service.sandbox.facebook.setToken('eu-token', 'valid');
  });

  /** The status for `sync=true`. */
  async function deliver(query: string): Promise<number> {
    return (await upload(service.origin, { name: 'Operation', batch: batchOf(), users: TWO_USERS, query })).status;
  }

  /** Posts a batch that is not waited for and returns the address of its session. */
  async function start(query: string): Promise<string> {
    const { headers } = await upload(service.origin, { name: 'Operation', batch: batchOf(), users: TWO_USERS, query });
    return service.origin + headers.get('location');
  }

  describe('GET /providers', () => {
    const facebook = async () => {
      const { body } = await get(`${service.origin}/providers`);
      return (body.items as Record<string, unknown>[]).find(({ id }) => id === 'facebook')!;
    };
    const tag = async (name: string) =>
      ((await facebook()).tags as Record<string, unknown>[]).find((one) => one.tag === name)!;
    const nothingYet = { lastSuccessAt: null, lastErrorAt: null, lastErrorCode: null, throttledUntil: null };
    const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/);

    it('tells limits, abilities and the configured tags', async () => {
      const number = expect.any(Number);
      const limits = { rowsPerChunk: 10_000, bytesPerChunk: null, callsPerMinute: number, concurrency: number };
      expect(await facebook()).toMatchObject({
        actions: expect.arrayContaining(['upload']),
        tags: [
          { tag: 'default', account: expect.stringContaining('1234567890'), limits, health: 'unused', ...nothingYet },
          { tag: 'eu', account: expect.stringContaining('555'), limits, health: 'unused', ...nothingYet },
        ],
      });
    });

    it('shows the health of each tag: unused, ok, failing, ok again, and no other tag with it', async () => {
      expect(await deliver('sync=true&channels=facebook/eu')).toBe(200);
      expect(await tag('eu')).toMatchObject({ health: 'ok', lastSuccessAt: time, lastErrorAt: null });

      service.sandbox.facebook.setToken('eu-token', 'expired');
      expect(await deliver('sync=true&channels=facebook/eu')).toBe(502);
      expect(await tag('eu')).toMatchObject({ health: 'stopped', lastErrorCode: 'credentials-rejected' });

      service.sandbox.facebook.setToken('eu-token', 'valid');
      await post(`${service.origin}/providers/facebook/tags/eu/resume`);
      service.sandbox.facebook.addFaults({ kind: 'status', status: 400, path: '*/users', body: 'no' });
      expect(await deliver('sync=true&channels=facebook/eu')).toBe(502);
      service.sandbox.facebook.clearFaults();
      expect(await tag('eu')).toMatchObject({ health: 'failing', lastErrorCode: 'request-rejected' });
      expect(await deliver('sync=true&channels=facebook/eu')).toBe(200);
      expect(await tag('eu')).toMatchObject({ health: 'ok', lastErrorAt: time, lastErrorCode: 'request-rejected' });
      expect(await tag('default')).toMatchObject({ health: 'unused', ...nothingYet });
    });

    it('shows a pause that the platform asked for, until it is over', async () => {
      service.sandbox.facebook.addFaults({ kind: 'rate-limit', path: '*/users', times: 1, retryAfterSeconds: 2 });
      const session = await start('channels=facebook/eu');
      const paused = await eventually(
        () => tag('eu'),
        ({ health, lastErrorCode }) => health === 'throttled' && lastErrorCode === 'rate-limited',
      );
      expect(paused.throttledUntil).toEqual(time);
      expect(Date.parse(paused.throttledUntil as string)).toBeGreaterThan(Date.now());
      await eventually(
        () => tag('eu'),
        ({ health, throttledUntil }) => health === 'ok' && throttledUntil === null,
      );
      await untilState(session, 'completed');
    });
  });

  describe('GET /health', () => {
    const health = async (path: string) => {
      const { status, body } = await get(`${service.origin}/health/${path}`);
      return { status, body };
    };

    it('is live and ready, with the parts that were asked', async () => {
      expect(await health('live')).toMatchObject({ status: 200, body: { status: 'ok' } });
      const details = { database: { status: 'up' }, queue: { status: 'up' } };
      expect(await health('ready')).toMatchObject({ status: 200, body: { status: 'ok', details } });
    });

    it('stays ready while a platform is down', async () => {
      service.sandbox.facebook.addFaults({ kind: 'drop', times: 1 });
      const session = await start('channels=facebook/eu');
      await eventually(
        () => get(`${service.origin}/providers`),
        ({ body }) => JSON.stringify(body).includes('platform-unavailable'),
      );
      expect((await health('ready')).status).toBe(200);
      await untilState(session, 'completed');
    });

    it('says what is down when the database goes away, stays live, and recovers with it', async () => {
      await service.database.close();
      const { status, body } = await eventually(
        () => health('ready'),
        (answer) => answer.status === 503,
      );
      expect([status, body.success, body.code]).toEqual([503, false, 'unavailable']);
      expect(body.details).toEqual({
        database: { status: 'down', message: 'The database does not answer' },
        queue: { status: 'down', message: 'The queue does not answer' },
      });
      expect((await health('live')).status).toBe(200);
      const refused = await upload(service.origin, { name: 'Nowhere', batch: batchOf(), users: TWO_USERS });
      expect([refused.status, refused.body.code, refused.body.success]).toEqual([503, 'unavailable', false]);
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(JSON.stringify([body, refused.body])).not.toMatch(/test_[0-9a-f]{12}|127\.0\.0\.1|postgres:/);

      await service.database.reopen();
      await eventually(
        () => health('ready'),
        (answer) => answer.status === 200,
      );
      const answer = await upload(service.origin, { name: 'Recovered', batch: batchOf(), users: TWO_USERS });
      await untilState(service.origin + answer.headers.get('location'), 'completed');
    });
  });

  describe('GET /metrics', () => {
    /** Each sample by its name and labels, as it stands in the text. */
    async function samples(): Promise<Map<string, number>> {
      const text = await (await fetch(`${service.origin}/metrics`)).text();
      const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
      return new Map(
        lines.map((line) => {
          const [, name = '', value = ''] = /^(\S+?(?:\{.*\})?) (\S+)$/.exec(line) ?? [];
          return [name, Number(value)];
        }),
      );
    }

    it('is Prometheus text in which every sample is a number and has its type and help', async () => {
      const answer = await fetch(`${service.origin}/metrics`);
      expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
      const text = await answer.text();
      const typed = new Set(
        [...text.matchAll(/^# TYPE (\w+) (?:counter|gauge|histogram|summary)$/gm)].map(([, n]) => n),
      );
      const helped = new Set([...text.matchAll(/^# HELP (\w+) \S.*$/gm)].map(([, name]) => name));
      expect(helped).toEqual(typed);
      const all = await samples();
      expect(all.size).toBeGreaterThan(20);
      for (const [sample, value] of all) {
        const name = sample.split('{')[0]!;
        expect([sample, typed.has(name) || typed.has(name.replace(/_(bucket|sum|count)$/, ''))]).toEqual([
          sample,
          true,
        ]);
        // The event loop's lag is NaN while it was not measured yet.
        expect([sample, Number.isNaN(value) && !name.startsWith('nodejs_')]).toEqual([sample, false]);
      }
    });

    it('counts batches, users, attempts and platform calls by outcome, and replays without their users', async () => {
      const before = await samples();
      const batch = batchOf();
      const users = [...TWO_USERS, { firstName: 'Nobody' }];
      const query = 'sync=true&channels=facebook/eu';
      const send = () => upload(service.origin, { name: 'Counted', batch, users, query });
      expect([(await send()).status, (await send()).status]).toEqual([200, 200]);
      service.sandbox.facebook.addFaults({ kind: 'status', status: 400, path: '*/users', times: 1, body: 'no' });
      const [user] = TWO_USERS;
      const failing = await upload(service.origin, { name: 'Counted', batch: batchOf(), users: [user], query });
      expect(failing.status).toBe(502);

      const host = new URL(service.sandbox.facebook.origin).host;
      const expected: Record<string, number> = {
        'audience_batches_total{outcome="stored"}': 2,
        'audience_batches_total{outcome="replayed"}': 1,
        audience_users_received_total: 4,
        'audience_delivery_attempts_total{provider="facebook",tag="eu",outcome="succeeded"}': 1,
        'audience_delivery_attempts_total{provider="facebook",tag="eu",outcome="failed"}': 1,
        'audience_users_total{provider="facebook",tag="eu",outcome="accepted"}': 2,
        'audience_users_total{provider="facebook",tag="eu",outcome="skipped"}': 1,
        'audience_deliveries{provider="facebook",tag="eu",state="failed"}': 1,
        [`audience_platform_request_seconds_count{host="${host}",outcome="4xx"}`]: 1,
      };
      const after = await samples();
      const grown = Object.keys(expected).map((name) => [name, after.get(name)! - (before.get(name) ?? 0)]);
      expect(Object.fromEntries(grown)).toEqual(expected);
    });

    it('has no labels but configuration and fixed words', async () => {
      const ours = [...(await samples()).keys()].filter((name) => name.startsWith('audience_'));
      const labels = ours.flatMap((name) =>
        [...name.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, value]) => [key, value]),
      );
      const values = (key: string) => [...new Set(labels.filter(([name]) => name === key).map(([, value]) => value))];
      expect([...new Set(labels.map(([key]) => key))].sort()).toEqual([
        'host',
        'le',
        'outcome',
        'provider',
        'state',
        'status',
        'tag',
      ]);
      expect(values('provider')).toEqual(['facebook']);
      expect(values('tag').sort()).toEqual(['default', 'eu']);
      expect(values('host')).toEqual([new URL(service.sandbox.facebook.origin).host]);
    });
  });
});
