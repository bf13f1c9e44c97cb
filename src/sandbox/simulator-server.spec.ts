import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { people, SpecGraphClient } from './facebook/spec-graph-client.js';
import { type LoggedRequest } from './request-log.js';
import { type Sandbox, startSandbox } from './sandbox.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  graph = new SpecGraphClient(sandbox);
});
afterEach(() => sandbox.stop());

async function control(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown }> {
  const response = await fetch(`${sandbox.facebook.origin}/_sandbox${path}`, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}

async function logged(query = ''): Promise<LoggedRequest[]> {
  return ((await control('GET', `/requests${query}`)).body as { requests: LoggedRequest[] }).requests;
}

describe('the request log', () => {
  it('shows what was sent and answered, with digests instead of secrets', async () => {
    await graph.call('POST', 'act_1/customaudiences?appsecret_proof=secret-proof', {
      access_token: 'secret-token',
      a: 1,
    });
    const [request, ...others] = await logged();
    expect(others).toEqual([]);
    expect(request).toMatchObject({
      id: 1,
      method: 'POST',
      path: '/v26.0/act_1/customaudiences',
      query: { appsecret_proof: 'sha256:54f7fd54d40b' },
      body: { access_token: 'sha256:930bbdc51b6a', a: 1 },
      bodyBytes: 37,
      status: 400,
    });
    expect(request?.headers['authorization']).toBe('Bearer sha256:4e04b0723908');
    expect(JSON.stringify(request)).not.toMatch(/secret-|spec-token/);
  });

  it('filters by path and method, and leaves bodies out', async () => {
    const id = await graph.audience();
    await graph.call('GET', id);
    expect(await logged('?path=*/customaudiences&bodies=false')).toEqual([
      expect.not.objectContaining({ body: expect.anything() }),
    ]);
    expect((await logged(`?path=/v26.0/${id}&method=get`)).map(({ status }) => status)).toEqual([200]);
    expect((await control('DELETE', '/requests')).body).toEqual({ success: true });
    expect((await control('GET', '/requests')).body).toEqual({ total: 0, requests: [] });
  });

  it('drops the oldest bodies, then the oldest entries, but goes on counting', async () => {
    await sandbox.stop();
    sandbox = await startSandbox({ log: { maxEntries: 3, maxBodyBytes: 150 } });
    graph = new SpecGraphClient(sandbox);
    for (const name of ['a', 'b', 'c', 'd']) await graph.audience({ name });
    const { total, requests } = sandbox.facebook.requests();
    expect(total).toBe(4);
    expect(
      requests.map(({ id, body, bodyDropped }) => [id, (body as { name: string } | undefined)?.name, bodyDropped]),
    ).toEqual([
      [2, undefined, true],
      [3, 'c', undefined],
      [4, 'd', undefined],
    ]);
  });
});

describe('faults', () => {
  it('answers any status, headers and body, as often as told', async () => {
    const fault = {
      kind: 'status',
      status: 503,
      headers: { 'x-a': 'b' },
      body: '<h1>Sorry</h1>',
      method: 'GET',
      times: 1,
    };
    expect((await control('POST', '/faults', fault)).body).toEqual({ added: 1 });
    const url = `${sandbox.facebook.origin}/v26.0/me?access_token=t`;
    const answer = await fetch(url);
    expect([answer.status, answer.headers.get('x-a'), answer.headers.get('content-type'), await answer.text()]).toEqual(
      [503, 'b', 'text/html; charset=utf-8', '<h1>Sorry</h1>'],
    );
    expect((await fetch(url)).status).toBe(200);
    expect((await control('GET', '/faults')).body).toEqual({ faults: [{ fault, seen: 2, fired: 1 }] });
    expect((await control('DELETE', '/faults')).body).toEqual({ success: true });
    expect((await control('GET', '/faults')).body).toEqual({ faults: [] });
  });

  it('drops before applying, or after: only the second leaves a trace', async () => {
    await control('POST', '/faults', [
      { kind: 'drop', path: '*/customaudiences', times: 1 },
      { kind: 'drop-after', path: '*/customaudiences', times: 1 },
    ]);
    await expect(graph.audience({ name: 'before' })).rejects.toThrow('fetch failed');
    expect(sandbox.facebook.audiences()).toEqual([]);
    await expect(graph.audience({ name: 'after' })).rejects.toThrow('fetch failed');
    expect(sandbox.facebook.audiences().map(({ name }) => name)).toEqual(['after']);
    expect((await logged()).map(({ status, appliedStatus, fault }) => [status, appliedStatus, fault])).toEqual([
      [null, undefined, 'drop'],
      [null, 200, 'drop-after'],
    ]);
  });

  it('never answers a timed out call', async () => {
    sandbox.facebook.addFaults({ kind: 'timeout', nth: 2 });
    const url = `${sandbox.facebook.origin}/v26.0/me?access_token=t`;
    expect((await fetch(url)).status).toBe(200);
    await expect(fetch(url, { signal: AbortSignal.timeout(200) })).rejects.toThrow('aborted due to timeout');
    expect((await fetch(url)).status).toBe(200);
  });

  it('holds calls up, by a fault or in general', async () => {
    sandbox.facebook.addFaults({ kind: 'delay', ms: 150 });
    await graph.call('GET', 'me');
    sandbox.facebook.clearFaults();
    await control('POST', '/latency', { ms: 80 });
    await graph.call('GET', 'me');
    const [byFault, inGeneral] = (await logged()).map(({ durationMs }) => durationMs);
    expect(byFault).toBeGreaterThanOrEqual(148);
    expect(inGeneral).toBeGreaterThanOrEqual(78);
  });

  it('throttles in the form of the platform, with or without a wait', async () => {
    sandbox.facebook.addFaults(
      { kind: 'rate-limit', times: 1 },
      { kind: 'rate-limit', times: 1, status: 429, code: 17, retryAfterSeconds: 7, usageWaitSeconds: 120 },
      { kind: 'error', times: 1, code: 2, status: 500 },
    );
    const [bare, told, error] = [
      await graph.call('GET', '1'),
      await graph.call('GET', '1'),
      await graph.call('GET', '1'),
    ];
    expect([bare.status, bare.body.error.code, bare.body.error.error_subcode]).toEqual([400, 80003, 2446079]);
    expect([bare.headers.get('retry-after'), bare.headers.get('x-business-use-case-usage')]).toEqual([null, null]);
    expect([told.status, told.body.error.code, told.headers.get('retry-after')]).toEqual([429, 17, '7']);
    expect(JSON.parse(told.headers.get('x-business-use-case-usage') ?? '')).toMatchObject({
      '5550001': [{ type: 'custom_audience', call_count: 100, estimated_time_to_regain_access: 2 }],
    });
    expect([error.status, error.body.error.code, error.body.error.is_transient]).toEqual([500, 2, true]);
  });

  it.each([
    [{ kind: 'explode' }, 'kind must be one of status, rate-limit, error, timeout, drop, drop-after, delay'],
    [{ kind: 'drop', tims: 1 }, 'a fault of kind drop has no field tims'],
    [{ kind: 'status' }, 'a fault of kind status needs status'],
    [{ kind: 'delay', ms: '5' }, 'ms must be a number'],
  ])('refuses the nonsense %j', async (fault, error) => {
    expect(await control('POST', '/faults', fault)).toEqual({ status: 400, body: { error } });
  });
});

describe('control calls', () => {
  it('shows audiences, and members as they are stored', async () => {
    const id = await graph.audience();
    await graph.add(id, ['EMAIL'], [...people(2), ...people(1)]);
    const audience = { id, name: 'Buyers', account: '1234567890', memberCount: 2, rowsReceived: 3 };
    const without = (await control('GET', '/audiences')).body as { audiences: object[] };
    expect(without.audiences).toEqual([expect.objectContaining(audience)]);
    expect(without.audiences[0]).not.toHaveProperty('members');
    const page = (await control('GET', '/audiences?members=true&limit=1')).body as { audiences: object[] };
    expect(page.audiences[0]).toMatchObject({
      members: [
        {
          columns: { EMAIL: 'e9839c565eefa8b7914c3eb5bbfffe35abbfbe4f7c7115f7efce66b0b34c5dc0' },
          timesReceived: 2,
        },
      ],
    });
  });

  it('sets tokens, and refuses unknown states', async () => {
    expect((await control('POST', '/tokens', { token: 'spec-token', state: 'expired' })).body).toEqual({ set: 1 });
    expect((await graph.call('GET', 'me')).body.error.code).toBe(190);
    await control('POST', '/tokens', [{ token: 'spec-token', state: 'valid' }]);
    expect((await graph.call('GET', 'me')).status).toBe(200);
    expect(await control('POST', '/tokens', { token: 't', state: 'lost' })).toEqual({
      status: 400,
      body: { error: 'state must be one of valid, expired, revoked, no-permission, dev-tier, tos-unsigned' },
    });
  });

  it('changes audiences, and knows which do not exist', async () => {
    const id = await graph.audience();
    const flagged = await control('PATCH', `/audiences/${id}`, { flagged: true });
    expect(flagged).toMatchObject({ status: 200, body: { id, details: { operationStatus: 471, flagged: true } } });
    expect((await control('PATCH', `/audiences/${id}`, { flaged: true })).status).toBe(400);
    await control('PATCH', `/audiences/${id}`, { deleted: true });
    expect((await graph.call('GET', id)).body.error.error_subcode).toBe(33);
    expect((await control('PATCH', `/audiences/${id}`, { flagged: true })).status).toBe(404);
  });

  it('forgets everything on reset', async () => {
    await graph.audience();
    sandbox.facebook.addFaults({ kind: 'drop' });
    sandbox.facebook.setToken('spec-token', 'revoked');
    await control('POST', '/clock', { advanceMs: 3_600_000 });
    expect(sandbox.facebook.now()).toBeGreaterThan(Date.now() + 3_500_000);
    expect((await control('POST', '/reset')).body).toEqual({ success: true });
    expect(sandbox.facebook.now()).toBeLessThanOrEqual(Date.now());
    expect(sandbox.facebook.audiences()).toEqual([]);
    expect(sandbox.facebook.requests()).toEqual({ total: 0, requests: [] });
    expect((await graph.call('GET', 'me')).status).toBe(200);
    expect((await control('GET', '/nothing')).status).toBe(404);
  });
});
