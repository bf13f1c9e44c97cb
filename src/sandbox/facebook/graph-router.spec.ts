import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { type GraphBody, LIST, people, refusal, SpecGraphClient } from './spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;

beforeEach(async () => {
  sandbox = await startSandbox({
    facebook: { tokenAccounts: { narrow: ['1'] } },
  });
  graph = new SpecGraphClient(sandbox);
});
afterEach(() => sandbox.stop());

const json = { authorization: 'Bearer t', 'content-type': 'application/json' };

async function get(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(sandbox.facebook.origin + path, { headers });
  return { status: response.status, headers: response.headers, body: (await response.json()) as GraphBody };
}

describe('versions and paths', () => {
  it.each([
    ['/v26.0/me', 200, null, 'v26.0'],
    ['/v25.0/me', 200, null, 'v25.0'],
    ['/v24.0/me', 200, 'The call has been auto-upgraded to v25.0 as v24.0 has expired', 'v25.0'],
  ])('serves %s', async (path, status, warning, version) => {
    const answer = await get(path, json);
    const warned = answer.headers.get('x-ad-api-version-warning');
    expect([answer.status, warned, answer.headers.get('facebook-api-version')]).toEqual([status, warning, version]);
  });

  it.each([
    ['/v23.0/me', 400, 2635, undefined],
    ['/v99.0/me', 400, 2500, undefined],
    ['/me', 400, 2500, undefined],
    ['/v26.0/nowhere', 400, 2500, undefined],
    ['/v26.0/1234567890/customaudiences', 400, 100, 33],
    ['/v26.0/120210987654321999', 400, 100, 33],
  ])('refuses %s', async (path, ...expected) => {
    expect(refusal(await get(path, json))).toEqual(expected);
  });

  it('answers errors in the envelope', async () => {
    const { body } = await get('/v26.0/42', json);
    expect(body).toEqual({
      error: {
        message:
          "Unsupported get request. Object with ID '42' does not exist, cannot be loaded due to missing permissions, or " +
          'does not support this operation',
        type: 'GraphMethodException',
        code: 100,
        error_subcode: 33,
        is_transient: false,
        fbtrace_id: expect.stringMatching(/^A[\w-]{16}$/),
      },
    });
  });

  it('refuses an overridden method', async () => {
    const id = await graph.audience();
    expect(refusal(await graph.call('POST', id, { method: 'DELETE' }))).toEqual([400, 100, undefined]);
    expect((await graph.call('GET', id)).status).toBe(200);
  });
});

describe('bodies', () => {
  const payload = { schema: ['EMAIL'], data: people(2) };

  it('takes JSON, forms and multipart, with nested objects as JSON text', async () => {
    const form = new URLSearchParams({ ...LIST, name: 'form' });
    const parts = new FormData();
    for (const [name, value] of Object.entries({ ...LIST, name: 'parts' })) parts.set(name, value);
    const url = `${sandbox.facebook.origin}/v26.0/act_1/customaudiences`;
    for (const body of [form, parts, JSON.stringify({ ...LIST, name: 'json' })]) {
      const headers = typeof body === 'string' ? json : { authorization: 'Bearer t' };
      expect((await fetch(url, { method: 'POST', headers, body })).status).toBe(200);
    }
    expect(sandbox.facebook.audiences().map(({ name }) => name)).toEqual(['form', 'parts', 'json']);
    const id = sandbox.facebook.audiences()[0]?.id ?? '';
    const users = new FormData();
    users.set('payload', new Blob([JSON.stringify(payload)], { type: 'application/json' }), 'payload.json');
    const sent = { method: 'POST', headers: { authorization: 'Bearer t' }, body: users };
    const answer = await fetch(`${sandbox.facebook.origin}/v26.0/${id}/users`, sent);
    expect(await answer.json()).toMatchObject({ num_received: 2, num_invalid_entries: 0 });
  });

  it('takes the payload of a DELETE from the query, up to 8 KB', async () => {
    await sandbox.stop();
    sandbox = await startSandbox({ facebook: { removalFloor: 0 } });
    graph = new SpecGraphClient(sandbox);
    const id = await graph.audience();
    await graph.add(id, ['EMAIL'], people(200));
    const query = (count: number) => encodeURIComponent(JSON.stringify({ schema: ['EMAIL'], data: people(count) }));
    expect((await graph.call('DELETE', `${id}/users?payload=${query(20)}`)).body).toMatchObject({ num_received: 20 });
    expect(sandbox.facebook.audiences()[0]?.memberCount).toBe(180);
    expect((await graph.call('DELETE', `${id}/users?payload=${query(150)}`)).status).toBe(414);
    expect(sandbox.facebook.audiences()[0]?.memberCount).toBe(180);
  });

  it('refuses what is no JSON object', async () => {
    const url = `${sandbox.facebook.origin}/v26.0/act_1/customaudiences`;
    for (const body of ['{"name":', '[1]', '"text"']) {
      const answer = await fetch(url, { method: 'POST', headers: json, body });
      expect([answer.status, ((await answer.json()) as { error: { code: number } }).error.code]).toEqual([400, 100]);
    }
  });
});

describe('tokens', () => {
  it('takes the token from header, query or body, and asks for it', async () => {
    const url = `${sandbox.facebook.origin}/v26.0/act_1/customaudiences`;
    const body = JSON.stringify({ ...LIST, access_token: 't' });
    expect((await get('/v26.0/me', { authorization: 'Bearer t' })).status).toBe(200);
    expect((await get('/v26.0/me?access_token=t')).status).toBe(200);
    const posted = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    expect(posted.status).toBe(200);
    expect(refusal(await get('/v26.0/me'))).toEqual([400, 104, undefined]);
  });

  it.each([
    ['expired', 190, 463],
    ['revoked', 190, 460],
    ['no-permission', 200, undefined],
    ['dev-tier', 270, undefined],
    ['tos-unsigned', 200, 1870090],
  ])('refuses a token that is %s', async (state, ...expected) => {
    sandbox.facebook.setToken('spec-token', state);
    const answer = await graph.call('POST', 'act_1/customaudiences', LIST);
    expect(refusal(answer)).toEqual([400, ...expected]);
    expect(answer.body.error.type).toBe('OAuthException');
    sandbox.facebook.setToken('spec-token', 'valid');
    expect((await graph.call('POST', 'act_1/customaudiences', LIST)).status).toBe(200);
  });

  it('lets a token without signed terms read', async () => {
    sandbox.facebook.setToken('spec-token', 'tos-unsigned');
    expect((await graph.call('GET', 'act_1/customaudiences')).status).toBe(200);
    expect((await graph.call('GET', 'act_1?fields=tos_accepted')).body).toEqual({
      tos_accepted: { custom_audience_tos: 0, web_custom_audience_tos: 0 },
      id: 'act_1',
    });
  });

  it('keeps a token to the accounts it has a role on', async () => {
    const narrow = new SpecGraphClient(sandbox, 'narrow');
    const own = await graph.audience({}, '1');
    const foreign = await graph.audience({}, '2');
    expect((await narrow.call('GET', own)).body).toEqual({ id: own });
    expect(refusal(await narrow.call('GET', foreign))).toEqual([400, 100, 33]);
    expect(refusal(await narrow.call('POST', 'act_2/customaudiences', LIST))).toEqual([400, 100, 33]);
  });
});
