import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  CredentialsRejectedError,
  PlatformUnavailableError,
  RateLimitedError,
  RequestRejectedError,
} from '../src/providers/contract/provider-errors.js';
import { send } from './support/json-calls.js';
import { type MadeUpManager, steer } from './support/made-up-manager.js';
import { startService, type TestService } from './support/service.js';
import { get, type TestAnswer } from './support/upload.js';

/** What a platform with a manager does for custom audiences, and what is recorded of it. */
describe('the actions of custom audiences', () => {
  let service: TestService;
  let platform: MadeUpManager;
  let count = 0;

  beforeAll(async () => {
    service = await startService();
  });
  afterAll(() => service.stop());
  beforeEach(() => {
    platform = steer(service.app, 'facebook');
  });

  const url = (path = '') => `${service.origin}/custom-audiences${path}`;
  const create = (body: object) => send('POST', url(), { platform: 'facebook', disablePrefix: true, ...body });
  const newName = () => `Audience ${(count += 1)}`;

  async function made(body: object = {}): Promise<{ id: string; audienceId: string; name: string }> {
    const answer = await create({ name: newName(), ...body });
    expect(answer.status).toBe(201);
    platform.calls.length = 0;
    return answer.body as unknown as { id: string; audienceId: string; name: string };
  }

  async function events(id: string): Promise<Record<string, unknown>[]> {
    return service.database.query(`select type, data from audience_events where audience = '${id}' order by id`);
  }

  const rows = (name: string) => service.database.query(`select id from custom_audiences where name = '${name}'`);
  const refusal = ({ status, body }: TestAnswer) => [status, body.code, body.errors?.[0]];

  describe('create', () => {
    it('makes an audience of rules', async () => {
      const websiteRules = [{ event: 'Purchase', url: { operator: 'contains', value: '/checkout' } }, {}];
      const wanted = { name: newName(), type: 'website-traffic', pixel: '77', websiteRules, description: 'Buyers' };
      const { status, body } = await create(wanted);
      expect([status, body]).toMatchObject([
        201,
        { ...wanted, source: 'pixel', dataUploadMethod: 'tag', retentionDays: 30, minimumSize: 20, customerList: null },
      ]);
      expect(body.audienceId).toBe(platform.made.get(wanted.name));
      expect(platform.calls).toMatchObject([
        { method: 'createFromRules', about: { type: 'website-traffic', pixel: '77', websiteRules, retentionDays: 30 } },
      ]);
      expect(await events(body.id as string)).toEqual([
        { type: 'created', data: { name: wanted.name, type: 'website-traffic', audienceId: body.audienceId } },
      ]);
    });

    it('sets what else was said of a customer list', async () => {
      const { status, body } = await create({ name: newName(), retentionDays: 60, autoUpdate: true });
      expect([status, body]).toMatchObject([201, { retentionDays: 60, autoUpdate: true, updateFrequency: 'daily' }]);
      expect(platform.calls).toEqual([
        { method: 'update', about: { id: body.audienceId, change: { retentionDays: 60 } } },
      ]);
    });

    it.each([
      [{ type: 'offline-activity', pixel: '1' }, 'type', 'customer-list, website-traffic, engagement'],
      [{ type: 'engagement', engagementType: 'lead-form', engagementSources: ['1'] }, 'engagementType', 'video'],
      [{ retentionDays: 91 }, 'retentionDays', '1 to 90'],
    ])('is 422 for what the platform lacks: %j', async (body, field, instead) => {
      const name = newName();
      expect(refusal(await create({ name, ...body }))).toEqual([
        422,
        'not-offered',
        { field, message: expect.stringContaining(instead) },
      ]);
      expect(await rows(name)).toHaveLength(0);
    });

    it.each([
      ['credentials-rejected', new CredentialsRejectedError('the token is expired'), 502, false],
      ['rate-limited', new RateLimitedError('slow down', undefined), 503, true],
      ['request-rejected', new RequestRejectedError('this pixel is not yours'), 422, false],
    ])('tells what the platform says: %s', async (code, error, status, retryable) => {
      platform.failure = { error };
      const name = newName();
      const answer = await create({ name, type: 'website-traffic', pixel: '1' });
      const { message } = error;
      expect(refusal(answer)).toEqual([
        status,
        code,
        { provider: 'facebook', tag: 'default', code, message, retryable },
      ]);
      // What may have been done all the same is completed by the same request again.
      expect(await rows(name)).toHaveLength(status === 503 ? 1 : 0);
      expect(answer.headers.has('retry-after')).toBe(status === 503);
    });

    it('is made once and told of once when the answer was lost', async () => {
      const wanted = { name: newName(), type: 'website-traffic', pixel: '1' };
      platform.failure = { error: new PlatformUnavailableError('gone'), after: true };
      expect((await create(wanted)).status).toBe(503);
      // As the poller may have seen it meanwhile.
      await service.database.query(`update custom_audiences set poll_at = now() where name = '${wanted.name}'`);
      const answers = await Promise.all([create(wanted), create(wanted)]);
      expect(answers.map(({ status }) => status)).toContain(201);
      const [row] = await rows(wanted.name);
      expect((await get(url(`/${row!.id as string}`))).body.audienceId).toBe(platform.made.get(wanted.name));
      expect((await events(row!.id as string)).map(({ type }) => type)).toEqual(['created']);
      expect((await create(wanted)).status).toBe(409);
    });
  });

  describe('update', () => {
    it('changes the platform where it has the property, then the record', async () => {
      const { id, audienceId, name } = await made();
      const wanted = { name: `${name} renamed`, tags: ['b'], gdprCompliant: true, business: null };
      const { status, headers, body } = await send('PATCH', url(`/${id}`), wanted, { 'if-match': '"1"' });
      expect([status, headers.get('etag'), body]).toMatchObject([200, '"2"', wanted]);
      expect(platform.calls).toEqual([{ method: 'update', about: { id: audienceId, change: { name: wanted.name } } }]);
      expect((await events(id)).at(-1)).toEqual({
        type: 'updated',
        data: { changed: ['name', 'gdprCompliant', 'tags'] },
      });
      const remote = `select segment from remote_audiences where remote_id = '${audienceId}'`;
      expect(await service.database.query(remote)).toEqual([{ segment: wanted.name }]);
    });

    it('leaves everything as it is when nothing differs', async () => {
      const { id, name } = await made({ tags: ['a'] });
      const { status, headers } = await send('PATCH', url(`/${id}`), { name, tags: ['a'] });
      expect([status, headers.get('etag'), platform.calls]).toEqual([200, '"1"', []]);
      expect(await events(id)).toHaveLength(1);
    });

    it('is refused for a stale version, a taken name, and what cannot be changed', async () => {
      const { id } = await made();
      const other = await made();
      const patch = (body: object, match = '*') => send('PATCH', url(`/${id}`), body, { 'if-match': match });
      const stale = await patch({ tags: ['x'] }, '"7", W/"1"');
      expect([stale.status, stale.body.code, stale.headers.get('etag')]).toEqual([412, 'stale-version', '"1"']);
      expect(refusal(await patch({ name: other.name }))).toMatchObject([409, 'audience-exists', { field: 'name' }]);
      expect(refusal(await patch({ description: 'x' }))).toMatchObject([422, 'not-offered', { field: 'description' }]);
      platform.failure = { error: new RequestRejectedError('too short') };
      expect(refusal(await patch({ name: 'A' }))).toMatchObject([422, 'request-rejected', { message: 'too short' }]);
      expect((await get(url(`/${id}`))).headers.get('etag')).toBe('"1"');
    });
  });

  describe('delete', () => {
    it('takes the audience from the platform, and everything that belongs to it from here', async () => {
      const { id, audienceId, name } = await made();
      const number = `(select number from custom_audiences where id = '${id}')`;
      await service.database.query(
        `insert into members (audience, key, content, record, seen) select ${number}, int4send(n), 'c', 'r', 1
         from generate_series(1, 25000) n`,
      );
      expect((await send('DELETE', url(`/${id}`), undefined, { 'if-match': '"9"' })).status).toBe(412);
      expect((await send('DELETE', url(`/${id}`))).status).toBe(204);
      expect(platform.calls).toEqual([{ method: 'delete', about: audienceId }]);
      expect((await events(id)).at(-1)).toEqual({ type: 'deleted', data: { name, audienceId } });
      expect((await get(url(`/${id}`))).status).toBe(404);
      for (const table of ['members', `remote_audiences where segment = '${name}'`]) {
        expect(await service.database.query(`select count(*)::int as left from ${table}`)).toEqual([{ left: 0 }]);
      }
      expect((await send('DELETE', url(`/${id}`))).status).toBe(404);
    });

    it('is 409 when the platform refuses, and whole again afterwards', async () => {
      const { id } = await made();
      platform.failure = { error: new RequestRejectedError('it is used by 2 ads') };
      expect(refusal(await send('DELETE', url(`/${id}`)))).toMatchObject([409, 'request-rejected', {}]);
      expect((await get(url(`/${id}`))).status).toBe(200);
    });

    it('is completed when the answer of the platform was lost', async () => {
      const { id } = await made();
      platform.failure = { error: new PlatformUnavailableError('gone'), after: true };
      expect((await send('DELETE', url(`/${id}`))).status).toBe(503);
      expect((await send('DELETE', url(`/${id}`))).status).toBe(204);
      expect((await events(id)).map(({ type }) => type)).toEqual(['created', 'deleted']);
    });
  });

  it('shares, and tells of the accounts that can use it', async () => {
    const { id, audienceId } = await made();
    const { status, body } = await send('POST', url(`/${id}/shares`), { accounts: ['12', '13', '12'] });
    const refused = { account: '13', state: 'refused', message: 'no' };
    expect([status, body]).toEqual([200, { accounts: [{ account: '12', state: 'shared' }, refused] }]);
    expect(platform.calls).toMatchObject([
      { about: { id: audienceId, request: { accounts: ['12', '13'], permission: 'read' } } },
    ]);
    const told = { type: 'shared', data: { accounts: [{ account: '12', state: 'shared' }] } };
    expect((await events(id)).slice(1)).toEqual([told]);
    expect((await send('POST', url(`/${id}/shares`), { accounts: ['13'] })).status).toBe(200);
    expect(await events(id)).toHaveLength(2);
  });

  it('makes a lookalike, which both audiences tell of', async () => {
    const seed = await made();
    const wanted = { name: newName(), disablePrefix: true, countries: ['US'] };
    const { status, headers, body } = await send('POST', url(`/${seed.id}/lookalikes`), wanted);
    const audienceId = platform.made.get(wanted.name);
    expect([status, body]).toMatchObject([
      201,
      { name: wanted.name, audienceId, seed: seed.id, type: 'customer-list' },
    ]);
    expect(headers.get('location')).toBe(`/custom-audiences/${body.id as string}`);
    expect((await events(seed.id)).at(-1)).toEqual({
      type: 'lookalikeCreated',
      data: { lookalike: body.id, name: wanted.name },
    });
    expect((await events(body.id as string)).map(({ type }) => type)).toEqual(['created']);
    const shown = (await get(url(`/${seed.id}`))).body.lookalikeAudiences;
    expect(shown).toEqual([{ id: body.id, audienceId, name: wanted.name }]);
    const again = await send('POST', url(`/${seed.id}/lookalikes`), wanted);
    expect(refusal(again)).toMatchObject([409, 'audience-exists', { id: body.id }]);
    const users = await send('POST', url(`/${body.id as string}/users`), { users: [{ email: 'ada@example.com' }] });
    expect([users.status, users.body.detail]).toEqual([422, expect.stringContaining('is a lookalike')]);
    const nowhere = await send('POST', url(`/${seed.id}/lookalikes`), { name: newName() });
    expect(refusal(nowhere)).toMatchObject([400, 'invalid-request', { field: 'countries' }]);
  });

  it('is listed by GET /providers: what is offered, and what there is instead', async () => {
    const items = (await get(`${service.origin}/providers`)).body.items as { id: string; audiences: unknown }[];
    const { audiences } = items.find(({ id }) => id === 'facebook')!;
    expect(audiences).toMatchObject({
      types: ['customer-list', 'website-traffic', 'engagement'],
      engagementTypes: ['video'],
      changes: ['name', 'retentionDays'],
      retentionDays: { min: 1, max: 90 },
      minimumSize: 20,
      tells: ['size'],
    });
    const { actions } = audiences as { actions: object[] };
    expect(actions).toHaveLength(11);
    expect(actions).toContainEqual({ action: 'share', offered: true });
    expect(actions).toContainEqual({
      action: 'report',
      offered: false,
      instead: expect.stringContaining('no reports'),
    });
  });

  it('shows the history of sizes, newest first', async () => {
    const { id } = await made();
    await service.database.query(
      `insert into audience_sizes (audience, at, status, size, uploaded_records)
       select '${id}', '2026-11-20T00:00:00Z'::timestamptz + n * interval '1 hour', 'ready', n, 5 from generate_series(1, 3) n`,
    );
    const first = await get(url(`/${id}/sizes?limit=2`));
    expect(first.body.items).toMatchObject([
      { size: 3, uploadedRecords: 5 },
      { at: '2026-11-20T02:00:00.000Z', size: 2 },
    ]);
    const second = await get(url(`/${id}/sizes?limit=2&cursor=${first.body.nextCursor as string}`));
    expect([second.body.items, second.body.nextCursor]).toMatchObject([[{ size: 1, matchedUsers: null }], null]);
  });
});
