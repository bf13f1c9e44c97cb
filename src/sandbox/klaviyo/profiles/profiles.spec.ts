import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, idOf, profile, refusals, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
beforeEach(async () => {
  api = await startKlaviyo();
});
afterEach(() => api.sandbox.stop());

const ANN = { email: 'ann@example.com', phone_number: '+14155552671' };
const create = (attributes: object) => api.post('profiles', 'profile', attributes);
const upsert = (attributes: object) => api.post('profile-import', 'profile', attributes);
const failure = (answer: { headers: Headers }) => answer.headers.get('x-klaviyo-partial-failure');

describe('a single profile', () => {
  it('is made once', async () => {
    const made = await create(ANN);
    const created = expect.stringMatching(/\.\d{6}\+00:00$/);
    expect([made.status, made.body]).toMatchObject([
      201,
      { data: { type: 'profile', attributes: { ...ANN, created } } },
    ]);
    const id = idOf(made);
    for (const again of [{ email: 'ANN@example.com' }, { phone_number: '+14155552671' }]) {
      const refused = await create(again);
      expect([refused.status, refused.body]).toMatchObject([
        409,
        { errors: [{ code: 'duplicate_profile', meta: { duplicate_profile_id: id } }] },
      ]);
    }
  });

  it('is made or changed by an upsert', async () => {
    const made = await upsert({ ...ANN, first_name: 'Ann', properties: { a: 1 } });
    const changed = await upsert({ email: 'ann@example.com', first_name: null, properties: { b: 2 } });
    expect([made.status, changed.status, idOf(changed)]).toEqual([201, 200, idOf(made)]);
    expect(changed.body).toMatchObject({
      data: { attributes: { ...ANN, first_name: null, properties: { a: 1, b: 2 } } },
    });
  });

  it('is changed by its id, and null clears', async () => {
    const id = idOf(await create({ ...ANN, last_name: 'Lee' }));
    const changed = await api.patch(`profiles/${id}`, 'profile', { phone_number: null, last_name: null, title: 'Dr' });
    expect([changed.status, changed.body]).toMatchObject([
      200,
      { data: { attributes: { email: 'ann@example.com', phone_number: null, last_name: null, title: 'Dr' } } },
    ]);
    expect((await create({ phone_number: '+14155552671' })).status).toBe(201);
    const unknown = await api.patch('profiles/nobody', 'profile', {});
    expect([unknown.status, detailOf(unknown)]).toEqual([404, 'A profile with id `nobody` does not exist.']);
  });

  it('cannot take what belongs to another', async () => {
    const ann = idOf(await create(ANN));
    const bob = idOf(await create({ email: 'bob@example.com' }));
    const duplicate = { errors: [{ code: 'duplicate_profile', meta: { duplicate_profile_id: ann } }] };
    const merged = await upsert({ email: 'bob@example.com', phone_number: '+14155552671' });
    expect([merged.status, merged.body]).toMatchObject([409, duplicate]);
    const stranger = await upsert({ email: 'cyd@example.com', phone_number: '+14155552671' });
    expect([stranger.status, stranger.body]).toMatchObject([409, duplicate]);
    expect((await api.get('profiles')).body).toMatchObject({ data: [{ id: ann }, { id: bob }] });
    const patched = await api.patch(`profiles/${bob}`, 'profile', { phone_number: '+14155552671' });
    expect([patched.status, patched.body]).toMatchObject([409, duplicate]);
  });

  it('loses a bad phone beside an address, and is refused with nothing else', async () => {
    for (const call of [create, upsert]) {
      const partial = await call({ email: `${call.name}@example.com`, phone_number: '+1234' });
      expect([partial.status, failure(partial)]).toEqual([201, 'phone_number']);
      expect(partial.body).toMatchObject({ data: { attributes: { phone_number: null } } });
      const refused = await call({ phone_number: '+1234' });
      expect(refusals(refused)).toEqual([400, ['invalid', '/data/attributes/phone_number']]);
      expect(detailOf(refused)).toBe('Invalid phone number format (Example of a valid format: +12345678901)');
    }
    expect(failure(await create({ email: 'good@example.com', phone_number: '+14155552671' }))).toBe(null);
  });

  it('is refused when it is malformed or larger than 100 KB', async () => {
    expect(refusals(await create({ email: 'x' }))).toEqual([400, ['invalid', '/data/attributes/email']]);
    expect(refusals(await create({ first_name: 'x' }))).toEqual([400, ['invalid', '/data/attributes']]);
    expect(refusals(await create({ _kx: 'x', email: 'a@example.com' }))).toEqual([
      400,
      ['invalid', '/data/attributes/_kx'],
    ]);
    const large = await upsert({ email: 'a@example.com', properties: { text: 'x'.repeat(100_000) } });
    expect(refusals(large)).toEqual([400, ['invalid', '/data']]);
  });

  it('is found by its identifiers', async () => {
    await create({ ...ANN, external_id: 'shop-1' });
    await create({ email: 'bob@example.com' });
    const found = async (query: Record<string, string>) => {
      const { body } = await api.get('profiles', { ...query, 'fields[profile]': 'email' });
      return (body as { data: { attributes: { email: string } }[] }).data.map(({ attributes: { email } }) => email);
    };
    expect(await found({ filter: 'any(email,["ANN@example.com","none@example.com"])' })).toEqual(['ann@example.com']);
    expect(await found({ filter: 'equals(phone_number,"+14155552671")' })).toEqual(['ann@example.com']);
    expect(await found({ filter: 'any(external_id,["shop-1"])' })).toEqual(['ann@example.com']);
    expect(await found({ sort: '-email' })).toEqual(['bob@example.com', 'ann@example.com']);
    expect((await api.get('profiles', { filter: 'equals(first_name,"x")' })).status).toBe(400);
  });
});

describe('erasure', () => {
  const erase = (attributes: object, id?: string) =>
    api.post('data-privacy-deletion-jobs', 'data-privacy-deletion-job', {
      profile: { data: { type: 'profile', ...(id === undefined ? {} : { id }), attributes } },
    });

  it('forgets a profile, in lists as well', async () => {
    const list = await api.list();
    await api.imported(list, ANN);
    const erased = await erase({ email: 'ann@example.com' });
    expect([erased.status, erased.body, await api.members(`lists/${list}`)]).toEqual([202, '', []]);
    const again = await erase({ email: 'ann@example.com' });
    expect([again.status, detailOf(again)]).toEqual([
      404,
      'No profile with email "ann@example.com" found.  The profile may have already been deleted.',
    ]);
    expect((await create(ANN)).status).toBe(201);
  });

  it('needs one identifier exactly', async () => {
    const id = idOf(await create(ANN));
    for (const refused of [await erase({}), await erase(ANN), await erase({ email: 'ann@example.com' }, id)]) {
      expect(refusals(refused)).toEqual([400, ['invalid', '/data/attributes/profile/data']]);
    }
    expect((await erase({}, id)).status).toBe(202);
  });
});

describe('a subscription', () => {
  const subscribe = (rows: readonly object[], list?: string, historical = false) =>
    api.call('POST', 'profile-subscription-bulk-create-jobs', {
      data: {
        type: 'profile-subscription-bulk-create-job',
        attributes: { profiles: { data: rows }, historical_import: historical },
        ...(list === undefined ? {} : { relationships: { list: { data: { type: 'list', id: list } } } }),
      },
    });
  const subscriptions = { email: { marketing: { consent: 'SUBSCRIBED' } } };
  const row = (attributes: object) => profile({ ...attributes, subscriptions });

  it('is accepted without a body, and joins a list with single opt-in', async () => {
    const list = await api.list();
    await api.patch(`lists/${list}`, 'list', { opt_in_process: 'single_opt_in' });
    const accepted = await subscribe([row({ email: 'ann@example.com' })], list);
    expect([accepted.status, accepted.body]).toEqual([202, '']);
    const [id = ''] = await api.members(`lists/${list}`);
    const { body } = await api.get(`profiles/${id}`, { 'additional-fields[profile]': 'subscriptions' });
    expect(body).toMatchObject({
      data: { attributes: { subscriptions: { email: { marketing: { consent: 'SUBSCRIBED' } } } } },
    });
  });

  it('asks strangers first', async () => {
    const list = await api.list();
    expect((await subscribe([row({ email: 'ann@example.com' })])).status).toBe(202);
    expect((await subscribe([row({ email: 'ann@example.com' })], list)).status).toBe(202);
    expect((await api.get('profiles')).body).toMatchObject({ data: [] });
    await subscribe([row({ email: 'ann@example.com' })], list, true);
    expect(await api.members(`lists/${list}`)).toHaveLength(1);
  });

  it('refuses what it does not take', async () => {
    const at = (pointer: string) => ['invalid', `/data/attributes/profiles/data${pointer}`];
    const named = row({ email: 'ann@example.com', first_name: 'Ann' });
    expect(refusals(await subscribe([named]))).toEqual([400, at('/0/attributes/first_name')]);
    const refused = await subscribe([row({ phone_number: '+1234' }), row({}), profile({ email: 'a@example.com' })]);
    expect(refusals(refused)).toEqual([
      400,
      at('/0/attributes/phone_number'),
      at('/1/attributes'),
      at('/2/attributes/subscriptions'),
    ]);
    const many = Array.from({ length: 1001 }, () => row({ email: 'ann@example.com' }));
    expect(refusals(await subscribe(many))).toEqual([400, at('')]);
    expect(refusals(await subscribe([row({ email: 'a@example.com' })], 'NOPE01'))).toEqual([400, ['invalid', '/data']]);
    const partial = await subscribe([row({ email: 'a@example.com', phone_number: '+1234' })]);
    expect([partial.status, failure(partial)]).toEqual([202, 'phone_number']);
  });
});
