import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  ADDRESS,
  CUSTOMER,
  destinationOf,
  ingestRequest,
  JANE,
  people,
  person,
  PHONE,
  QUINN,
  refusal,
  SpecGoogleClient,
  startGoogle,
} from '../spec-google-client.js';

let api: SpecGoogleClient;
let list: string;
beforeEach(async () => {
  api = await startGoogle({ lists: [{ account: CUSTOMER, displayName: 'Ids', uploadKeyType: 'USER_ID' }] });
  list = await api.list();
});
afterEach(() => api.sandbox.stop());

const members = () => api.sandbox.google.audiences({ members: true }).find(({ id }) => id === list)?.members;
const quinn = person({ emailAddress: QUINN });
const identifiers = 'audience_members[0].composite_data.user_data.user_identifiers[0]';

describe('ingest', () => {
  it('adds a person with all identifiers, once, however they are written', async () => {
    const everything = [{ emailAddress: QUINN }, { phoneNumber: PHONE }, { address: ADDRESS }];
    await api.ingested(list, [person(...everything)]);
    const [email, phone, address] = everything;
    const upper = { emailAddress: QUINN.toUpperCase() };
    await api.ingested(list, [person(address!, phone!, upper, email!)]);
    const base64 = { emailAddress: Buffer.from(QUINN, 'hex').toString('base64') };
    await api.ingested(list, [person(base64)], { encoding: 'BASE64' });
    expect(members()).toEqual([
      { columns: { emailAddress: QUINN, phoneNumber: PHONE, address: ADDRESS }, timesReceived: 2 },
      { columns: { emailAddress: QUINN }, timesReceived: 1 },
    ]);
  });

  it('takes the older top-level form too', async () => {
    const old = { userData: { userIdentifiers: [{ emailAddress: QUINN }, { emailAddress: JANE }] } };
    expect((await api.ingest(list, [old])).status).toBe(200);
    api.sandbox.google.advanceClock(1_000);
    expect(members()).toEqual([{ columns: { emailAddress: [QUINN, JANE] }, timesReceived: 1 }]);
  });

  it('answers each request with an id of its own, and does nothing at once', async () => {
    const [one, two] = [await api.ingest(list, [quinn]), await api.ingest(list, [quinn])];
    expect(one.body).toEqual({ requestId: expect.stringMatching(/^[0-9a-f-]{36}$/), fieldWarnings: [] });
    expect(one.body['requestId']).not.toBe(two.body['requestId']);
    expect(members()).toEqual([]);
  });

  it('checks only, when asked for no more', async () => {
    const { status, body } = await api.ingest(list, [quinn], { validateOnly: true });
    expect(status).toBe(200);
    const answer = await api.call('GET', `requestStatus:retrieve?requestId=${String(body['requestId'])}`);
    expect(refusal(answer)).toEqual([400, ['request_id', 'INVALID_REQUEST_ID']]);
    expect(refusal(await api.ingest(list, [], { validateOnly: true }))).toEqual([
      400,
      ['audience_members', 'REQUIRED_FIELD_MISSING'],
    ]);
    api.sandbox.google.advanceClock(10_000);
    expect(members()).toEqual([]);
  });

  it('goes to ten lists at most, each member to those it names', async () => {
    const second = await api.list('Second');
    const to = [list, second].map((id) => ({ ...destinationOf(id), reference: `to-${id}` }));
    const only = { ...quinn, destinationReferences: [`to-${second}`] };
    expect((await api.ingest(list, [only, ...people(1)], { destinations: to })).status).toBe(200);
    api.sandbox.google.advanceClock(10_000);
    const sizes = api.sandbox.google.audiences().map(({ name, memberCount }) => [name, memberCount]);
    expect(sizes).toEqual([
      ['Ids', 0],
      ['Buyers', 1],
      ['Second', 2],
    ]);
    const many = Array.from({ length: 11 }, () => destinationOf(list));
    expect(refusal(await api.ingest(list, [quinn], { destinations: many }))).toEqual([
      400,
      ['destinations', 'TOO_MANY_DESTINATIONS'],
    ]);
    expect(refusal(await api.ingest(list, [quinn], { destinations: [to[0], to[0]] }))).toEqual([
      400,
      ['destinations', 'DUPLICATE_DESTINATION_REFERENCE'],
    ]);
  });
});

describe('one bad member', () => {
  it.each<[string, object, string, string]>([
    ['no hex', { emailAddress: 'quinny@example.com' }, '.email_address', 'INVALID_HEX_ENCODING'],
    ['a short digest', { phoneNumber: PHONE.slice(2) }, '.phone_number', 'INVALID_SHA256_FORMAT'],
    ['half a byte too much', { phoneNumber: `${PHONE}a` }, '.phone_number', 'INVALID_SHA256_FORMAT'],
    ['nothing', {}, '', 'REQUIRED_FIELD_MISSING'],
    [
      'no family name',
      { address: { ...ADDRESS, familyName: undefined } },
      '.address.family_name',
      'REQUIRED_FIELD_MISSING',
    ],
    [
      'a blank postal code',
      { address: { ...ADDRESS, postalCode: ' ' } },
      '.address.postal_code',
      'REQUIRED_FIELD_MISSING',
    ],
    [
      'a postal code of dashes',
      { address: { ...ADDRESS, postalCode: '--' } },
      '.address.postal_code',
      'INVALID_POSTAL_CODE',
    ],
    [
      'a lower-case country',
      { address: { ...ADDRESS, regionCode: 'us' } },
      '.address.region_code',
      'INVALID_REGION_CODE',
    ],
    ['a plain name', { address: { ...ADDRESS, givenName: 'alex' } }, '.address.given_name', 'INVALID_HEX_ENCODING'],
  ])('with %s has all of them refused', async (_, identifier, at, reason) => {
    expect(refusal(await api.ingest(list, [person(identifier), quinn]))).toEqual([400, [identifiers + at, reason]]);
    api.sandbox.google.advanceClock(10_000);
    expect(members()).toEqual([]);
  });

  it('is named by its place, and so is every other', async () => {
    const bad = person({ emailAddress: 'zz' });
    const answer = await api.ingest(list, [quinn, bad, quinn, {}, { compositeData: {} }]);
    expect(refusal(answer)).toEqual([
      400,
      ['audience_members[1].composite_data.user_data.user_identifiers[0].email_address', 'INVALID_HEX_ENCODING'],
      ['audience_members[3]', 'INVALID_AUDIENCE_MEMBER'],
      ['audience_members[4].composite_data.user_data', 'NO_IDENTIFIERS_PROVIDED'],
    ]);
    expect(answer.body).toMatchObject({
      error: {
        code: 400,
        message: 'There was a problem with the request.',
        status: 'INVALID_ARGUMENT',
        details: [
          { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'INVALID_ARGUMENT' },
          { '@type': 'type.googleapis.com/google.rpc.RequestInfo', requestId: expect.stringMatching(/^t-/) },
          { '@type': 'type.googleapis.com/google.rpc.BadRequest' },
        ],
      },
    });
  });

  it('may have ten identifiers, and a request ten thousand members', async () => {
    const ten = Array.from({ length: 10 }, () => ({ emailAddress: QUINN }));
    expect((await api.ingest(list, [person(...ten)])).status).toBe(200);
    expect(refusal(await api.ingest(list, [person(...ten, ...ten)]))).toEqual([
      400,
      ['audience_members[0].composite_data.user_data.user_identifiers', 'TOO_MANY_USER_IDENTIFIERS'],
    ]);
    expect((await api.ingest(list, people(10_000))).status).toBe(200);
    expect(refusal(await api.ingest(list, people(10_001)))).toEqual([
      400,
      ['audience_members', 'TOO_MANY_AUDIENCE_MEMBERS'],
    ]);
  });
});

describe('a request', () => {
  it.each<[object, string, string]>([
    [{ encoding: undefined }, 'encoding', 'REQUIRED_FIELD_MISSING'],
    [{ termsOfService: undefined }, 'terms_of_service', 'TERMS_AND_CONDITIONS_NOT_SIGNED'],
    [
      { termsOfService: { customerMatchTermsOfServiceStatus: 'REJECTED' } },
      'terms_of_service',
      'TERMS_AND_CONDITIONS_NOT_SIGNED',
    ],
    [{ destinations: [] }, 'destinations', 'REQUIRED_FIELD_MISSING'],
    [{ destinations: [destinationOf('1')] }, 'destinations[0].product_destination_id', 'INVALID_USER_LIST_ID'],
    [
      { destinations: [destinationOf('8765432109')] },
      'destinations[0].product_destination_id',
      'INVALID_USER_LIST_TYPE',
    ],
    [
      { destinations: [destinationOf('1', '123-456-7890')] },
      'destinations[0].operating_account.account_id',
      'INVALID_NUMBER_FORMAT',
    ],
    [
      { destinations: [{ productDestinationId: '1', operatingAccount: { accountId: CUSTOMER } }] },
      'destinations[0].operating_account.account_type',
      'INVALID_DESTINATION',
    ],
    [
      { audienceMembers: [quinn, { userData: { userIdentifiers: [{ emailAddress: QUINN }] } }] },
      'audience_members',
      'MULTIPLE_DATA_TYPES_NOT_ALLOWED',
    ],
  ])('is refused with %j', async (change, field, reason) => {
    expect(refusal(await api.ingest(list, [quinn], change))).toEqual([400, [field, reason]]);
  });

  it('is refused for a list that is closed or deleted', async () => {
    api.sandbox.google.patchAudience(list, { closed: true });
    const wrong = [400, ['destinations[0].product_destination_id', 'INVALID_USER_LIST_ID']];
    expect(refusal(await api.ingest(list, [quinn]))).toEqual(wrong);
    api.sandbox.google.patchAudience(list, { deleted: true });
    expect(refusal(await api.ingest(list, [quinn]))).toEqual(wrong);
  });

  it('is refused for an account that has not accepted the terms', async () => {
    api.sandbox.google.setToken(api.credential, 'tos-unsigned');
    expect(refusal(await api.ingest(list, [quinn]))).toEqual([
      400,
      ['destinations[0].operating_account', 'ADVERTISER_TOS_NOT_ACCEPTED'],
    ]);
  });

  it('reaches an account through its body, and looks at no header', async () => {
    const managed = await startGoogle({
      accountsOf: { 'spec-refresh-token': ['99'], owner: [CUSTOMER] },
      managerOf: { [CUSTOMER]: '99' },
    });
    const id = await new SpecGoogleClient(managed.sandbox, 'owner').list();
    const login = { 'login-account': 'accountTypes/GOOGLE_ADS/accounts/99' };
    const request = ingestRequest(id, [quinn]);
    expect((await managed.call('POST', 'audienceMembers:ingest', request, login)).status).toBe(403);
    const through = { ...destinationOf(id), loginAccount: { accountType: 'GOOGLE_ADS', accountId: '99' } };
    expect((await managed.ingest(id, [quinn], { destinations: [through] })).status).toBe(200);
    await managed.sandbox.stop();
  });
});
