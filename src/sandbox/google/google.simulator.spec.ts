import { afterEach, describe, expect, it } from '@jest/globals';
import { type SandboxOptions } from '../sandbox.js';
import { listsOf, people, person, QUINN, refusal, SpecGoogleClient, startGoogle } from './spec-google-client.js';

let api: SpecGoogleClient;
afterEach(() => api.sandbox.stop());

const start = async (options: SandboxOptions['google'] = {}) => (api = await startGoogle(options));

describe('what a test sees', () => {
  it('is the list with its members', async () => {
    await start();
    const id = await api.list('blotout_VIP', { membershipDuration: '2592000s' });
    await api.ingested(id, [person({ emailAddress: QUINN })]);
    await api.ingested(id, [person({ emailAddress: QUINN }), ...people(1)]);
    const [seen] = api.sandbox.google.audiences({ members: true, limit: 1 });
    expect(seen).toEqual({
      id,
      name: 'blotout_VIP',
      account: '1234567890',
      memberCount: 2,
      rowsReceived: 3,
      details: {
        description: 'From a spec',
        uploadKeyType: 'CONTACT_ID',
        accessReason: 'OWNED',
        membershipStatus: 'OPEN',
        membershipDays: 30,
        matched: expect.any(Number),
      },
      members: [{ columns: { emailAddress: QUINN }, timesReceived: 2 }],
    });
  });

  it('can be changed from the outside, in what it has', async () => {
    await start();
    const id = await api.list();
    const { google } = api.sandbox;
    expect(google.patchAudience(id, { closed: true })?.details).toMatchObject({ membershipStatus: 'CLOSED' });
    expect((await api.call('GET', `${listsOf()}/${id}`)).body).toMatchObject({ closingReason: 'UNUSED' });
    for (const patch of [{ color: 1 }, { failRecords: -1 }, { deleted: false }, { failReason: 7 }]) {
      expect(() => google.patchAudience(id, patch)).toThrow(`a list has no ${Object.keys(patch)[0]}`);
    }
    google.patchAudience(id, { deleted: true });
    expect(google.patchAudience(id, {})).toBeUndefined();
  });

  it('names the variables that lead here, and they do', async () => {
    await start();
    const { environment, origin } = api.sandbox.google;
    expect(environment).toMatchObject({ GOOGLE_BASE_URL: origin, GOOGLE_TOKEN_URL: `${origin}/token` });
    const token = await api.token({
      client_id: environment['GOOGLE_CLIENT_ID'] ?? null,
      client_secret: environment['GOOGLE_CLIENT_SECRET'] ?? null,
      refresh_token: environment['GOOGLE_REFRESH_TOKEN'] ?? null,
    });
    expect(token.status).toBe(200);
  });

  it('is gone after a reset, and so are the tokens', async () => {
    await start();
    await api.ingested(await api.list(), people(1));
    api.sandbox.google.reset();
    expect(api.sandbox.google.audiences()).toEqual([]);
    expect((await api.lists()).status).toBe(401);
  });
});

describe('a field that a message does not have', () => {
  const bad = (identifier: object) => ({ audienceMembers: [person(identifier)] });
  const at = "at 'audience_members[0].composite_data.user_data.user_identifiers[0]'";

  it.each<[object, string]>([
    [bad({ addressInfo: {} }), `Unknown name "addressInfo" ${at}: Cannot find field.`],
    [bad({ hashedEmail: QUINN }), `Unknown name "hashedEmail" ${at}: Cannot find field.`],
    [bad({ email_address: QUINN }), `Unknown name "email_address" ${at}: Cannot find field.`],
    [{ developerToken: 'x' }, 'Unknown name "developerToken": Cannot find field.'],
    [{ encoding: 'hex' }, `Invalid value at 'encoding' (enum), "hex"`],
    [{ validateOnly: 'true' }, `Invalid value at 'validate_only' (TYPE_BOOL), "true"`],
    [{ audienceMembers: {} }, `Invalid value at 'audience_members' (a list)`],
    [
      bad({ emailAddress: QUINN, phoneNumber: QUINN }),
      `oneof field 'emailAddress' is already set. Cannot set 'phoneNumber'`,
    ],
  ])('is refused: %j', async (change, message) => {
    await start();
    const { status, body } = await api.ingest(await api.list(), [], change);
    expect([status, body]).toMatchObject([
      400,
      { error: { status: 'INVALID_ARGUMENT', message: `Invalid JSON payload received. ${message}` } },
    ]);
  });

  it.each(['?page_size=1', '?limit=1', '?access_token=x'])('is refused in the address as well: %s', async (query) => {
    await start();
    expect((await api.call('GET', listsOf() + query)).status).toBe(400);
  });

  it('is refused in a list, and where there is no body', async () => {
    await start();
    expect((await api.create({ membershipLifeSpan: 30 })).status).toBe(400);
    expect((await api.call('DELETE', `${listsOf()}/1`, {})).status).toBe(400);
    expect((await api.call('POST', listsOf(), [])).status).toBe(400);
  });
});

describe('quotas', () => {
  const small = { perMinute: 2, perDay: 3 };

  it.each(['IngestionMutate', 'IngestionRead', 'ManagementMutate', 'ManagementRead'] as const)(
    'count %s by themselves, for a minute and for a day',
    async (quota) => {
      await start({ rateLimits: true, quotas: { [quota]: small }, tokenLifetimeSeconds: 200_000 });
      const call = {
        IngestionMutate: () => api.ingest('1', people(1)),
        IngestionRead: () => api.call('GET', 'requestStatus:retrieve?requestId=x'),
        ManagementMutate: () => api.create({ displayName: '' }),
        ManagementRead: () => api.lists(),
      };
      // Midnight in California, so that no window ends meanwhile.
      api.sandbox.google.advanceClock(86_400_000 - ((api.sandbox.google.now() - 8 * 3_600_000) % 86_400_000));
      const limit = async () => {
        const { status, body } = await call[quota]();
        const { details = [] } = (body['error'] ?? {}) as { details?: { metadata?: { quota_limit?: string } }[] };
        return status === 429 ? details[0]?.metadata?.quota_limit : undefined;
      };
      expect([await limit(), await limit(), await limit()]).toEqual([
        undefined,
        undefined,
        `${quota}RequestsPerMinutePerProject`,
      ]);
      api.sandbox.google.advanceClock(60_000);
      expect([await limit(), await limit()]).toEqual([undefined, `${quota}RequestsPerDayPerProject`]);
      api.sandbox.google.advanceClock(86_400_000);
      expect(await limit()).toBeUndefined();
    },
  );

  it('are those of the project, whoever calls', async () => {
    await start({ rateLimits: true, quotas: { ManagementRead: { perMinute: 1, perDay: 100 } } });
    const other = new SpecGoogleClient(api.sandbox, 'another-refresh-token');
    // A new minute may begin between two calls, not between three.
    const answers = [await api.lists(), await other.lists(), await other.lists()];
    expect(answers.map(({ status }) => status)).toContain(429);
  });
});

describe('faults', () => {
  it('are told in the envelope', async () => {
    await start();
    api.sandbox.google.addFaults(
      { kind: 'rate-limit', retryAfterSeconds: 7, times: 1, path: '/v1/*' },
      { kind: 'rate-limit', usageWaitSeconds: 9, times: 1, path: '/v1/*' },
      { kind: 'error', code: 409, times: 1, path: '/v1/*' },
      { kind: 'error', code: 400, message: 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED', times: 1, path: '/v1/*' },
    );
    const limited = await api.lists();
    expect([refusal(limited), limited.headers.get('retry-after')]).toEqual([[429, 'RATE_LIMIT_EXCEEDED'], '7']);
    expect((await api.lists()).body).toMatchObject({ error: { details: [{}, { retryDelay: '9s' }] } });
    expect((await api.lists()).body).toMatchObject({ error: { code: 409, status: 'ABORTED' } });
    expect(refusal(await api.lists())).toEqual([400, 'EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED']);
    expect((await api.lists()).status).toBe(200);
  });

  it('of the platform itself are told as it tells them', async () => {
    await start();
    await api.list();
    const headers = { authorization: 'x', 'content-type': 'application/json' };
    const broken = await api.send('/v1/audienceMembers:ingest', { method: 'POST', headers, body: '{"a":' });
    expect([broken.status, refusal(broken)[0]]).toEqual([400, 400]);
    const page = await api.call('GET', 'nothing/here');
    expect([page.status, page.headers.get('content-type')]).toEqual([404, 'text/html; charset=utf-8']);
  });
});

describe('a full request', () => {
  it('of 10,000 members is taken within seconds, again and again', async () => {
    await start();
    const id = await api.list();
    const members = people(10_000);
    const startedAt = performance.now();
    for (let round = 0; round < 3; round += 1) await api.ingested(id, members);
    expect(api.sandbox.google.audiences()).toMatchObject([{ memberCount: 10_000, rowsReceived: 30_000 }]);
    expect(performance.now() - startedAt).toBeLessThan(10_000);
  });
});
