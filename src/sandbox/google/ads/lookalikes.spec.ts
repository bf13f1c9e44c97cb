import { afterEach, describe, expect, it } from '@jest/globals';
import { type SandboxOptions } from '../../sandbox.js';
import { CUSTOMER, type GoogleReply, people, type SpecGoogleClient, startGoogle } from '../spec-google-client.js';

let api: SpecGoogleClient;
afterEach(() => api.sandbox.stop());

/** A seed whose people have been counted. */
async function start(google: SandboxOptions['google'] = {}, count = 100): Promise<string> {
  api = await startGoogle({ matchRate: 1, ...google });
  const seed = await api.list();
  await api.ingested(seed, people(count));
  return seed;
}

async function mutate(
  create: object,
  { path = `v26/customers/${CUSTOMER}/userLists:mutate`, headers = {}, more = {} } = {},
): Promise<GoogleReply> {
  const { body } = await api.token();
  return api.send(`/${path}`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${String(body['access_token'])}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({ operations: [{ create }], ...more }),
  });
}

const lookalike = (seed: string, change: object = {}, name = 'Alike') => ({
  name,
  lookalikeUserList: { seedUserListIds: [seed], expansionLevel: 'NARROW', countryCodes: ['US'], ...change },
});

/** Status, and the code of the first error of a `GoogleAdsFailure`, or else the reason. */
function verdict({ status, body }: GoogleReply): unknown[] {
  const { details = [] } = (body['error'] ?? {}) as { details?: Record<string, unknown>[] };
  const [error] = (details[0]?.['errors'] ?? []) as { errorCode: object }[];
  return [status, ...(error ? Object.entries(error.errorCode)[0]! : [details[0]?.['reason']])];
}

describe('userLists:mutate', () => {
  it('makes a lookalike, which grows out of its seed and is read as a list', async () => {
    const seed = await start();
    const { status, body } = await mutate(lookalike(seed));
    const [{ resourceName = '' } = {}] = body['results'] as { resourceName?: string }[];
    expect([status, resourceName]).toEqual([200, expect.stringMatching(`^customers/${CUSTOMER}/userLists/\\d+$`)]);
    const id = resourceName.split('/').at(-1)!;
    const read = () => api.call('GET', `accountTypes/GOOGLE_ADS/accounts/${CUSTOMER}/userLists/${id}`);
    expect((await read()).body).toMatchObject({ displayName: 'Alike', accessReason: 'OWNED', sizeInfo: {} });
    api.sandbox.google.advanceClock(1_000);
    const grown = (await read()).body;
    expect(grown).toMatchObject({ sizeInfo: { youtubeMembersCount: '2500' } });
    expect(grown).not.toHaveProperty('ingestedUserListInfo');
  });

  it('makes nothing of seeds that are too small, and writes nothing when it only validates', async () => {
    const seed = await start({}, 99);
    expect((await mutate(lookalike(seed), { more: { validateOnly: true } })).status).toBe(200);
    expect(api.sandbox.google.audiences().map(({ name }) => name)).toEqual(['Buyers']);
    await mutate(lookalike(seed));
    api.sandbox.google.advanceClock(1_000);
    expect(api.sandbox.google.audiences().at(-1)).toMatchObject({ name: 'Alike', details: { matched: 0 } });
  });

  it.each<[string, object, string]>([
    ['no name', { name: '' }, 'NAME_REQUIRED'],
    ['a name in use', { name: 'Buyers' }, 'NAME_ALREADY_USED'],
    ['what there is already', {}, 'DUPLICATE_LOOKALIKE'],
    ['another kind', { lookalikeUserList: undefined }, 'INVALID_TYPE'],
  ])('refuses %s', async (_, change, code) => {
    const seed = await start();
    await mutate(lookalike(seed));
    const reply = await mutate({ ...lookalike(seed, {}, 'Second'), ...change });
    expect(verdict(reply)).toEqual([400, 'userListError', code]);
  });

  it('refuses seeds that are none, and countries that are none', async () => {
    const seed = await start({ lists: [{ account: CUSTOMER, displayName: 'S', accessReason: 'SHARED' }] });
    const shared = api.sandbox.google.audiences().find(({ name }) => name === 'S')!.id;
    await mutate(lookalike(seed));
    const alike = api.sandbox.google.audiences().find(({ name }) => name === 'Alike')!.id;
    const refused = async (change: object) => verdict(await mutate(lookalike(seed, change, 'Second')))[2];
    expect(await refused({ seedUserListIds: ['1'] })).toBe('SEED_LIST_DOES_NOT_EXIST');
    expect(await refused({ seedUserListIds: [shared] })).toBe('INVALID_SEED_LIST_ACCESS_REASON');
    expect(await refused({ seedUserListIds: [alike] })).toBe('INVALID_SEED_LIST_TYPE');
    expect(await refused({ countryCodes: ['USA'] })).toBe('INVALID_COUNTRY_CODES');
  });

  it('is strict about fields, version, account and scope', async () => {
    const seed = await start({ managerOf: { [CUSTOMER]: '99' } });
    const customer = `customers/${CUSTOMER}/userLists:mutate`;
    expect((await mutate({ ...lookalike(seed), membershipDuration: '1s' })).status).toBe(400);
    expect(verdict(await mutate(lookalike(seed), { path: `v22/${customer}` }))[2]).toBe('UNSUPPORTED_VERSION');
    const headers = { 'login-customer-id': '98' };
    expect(verdict(await mutate(lookalike(seed), { headers }))).toEqual([
      ...[403, 'authorizationError', 'USER_PERMISSION_DENIED'],
    ]);
    api.sandbox.google.setToken(api.credential, 'no-adwords');
    expect(verdict(await mutate(lookalike(seed)))).toEqual([403, 'ACCESS_TOKEN_SCOPE_INSUFFICIENT']);
  });

  it('counts operations by the day, and lets nobody upload', async () => {
    const seed = await start({ rateLimits: true, adsOperationsPerDay: 1 });
    await mutate(lookalike(seed));
    expect(verdict(await mutate(lookalike(seed)))).toEqual([429, 'quotaError', 'RESOURCE_EXHAUSTED']);
    const path = `v26/customers/${CUSTOMER}/offlineUserDataJobs:create`;
    expect(verdict(await mutate({}, { path }))[2]).toBe('CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE');
  });
});
