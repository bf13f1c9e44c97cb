import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { idOf, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

let api: SpecKlaviyoClient;
let list: string;
beforeEach(async () => {
  api = await startKlaviyo();
  list = await api.list();
});
afterEach(() => api.sandbox.stop());

const members = () => api.sandbox.klaviyo.audiences({ members: true })[0]?.members;
const columns = () => members()?.map((member) => member.columns);

describe('an imported row', () => {
  it('becomes a profile that never subscribed', async () => {
    await api.imported(list, {
      email: 'ann@example.com',
      first_name: 'Ann',
      location: { zip: '02115' },
      properties: { a: 1 },
    });
    const { id, ...attributes } = await api.profile('ann@example.com');
    expect(attributes).toEqual({
      email: 'ann@example.com',
      phone_number: null,
      external_id: null,
      first_name: 'Ann',
      last_name: null,
      organization: null,
      locale: null,
      title: null,
      image: null,
      created: expect.stringMatching(/:\d\d\+00:00$/),
      updated: expect.stringMatching(/:\d\d\+00:00$/),
      last_event_date: null,
      location: {
        address1: null,
        address2: null,
        city: null,
        country: null,
        latitude: null,
        longitude: null,
        region: null,
        zip: '02115',
        timezone: null,
        ip: null,
      },
      properties: { a: 1 },
    });
    const { body } = await api.get(`profiles/${String(id)}`, { 'additional-fields[profile]': 'subscriptions' });
    expect(body).toMatchObject({
      data: {
        attributes: {
          subscriptions: {
            email: { marketing: { consent: 'NEVER_SUBSCRIBED', suppression: [] } },
            sms: { marketing: { consent: 'NEVER_SUBSCRIBED' } },
          },
        },
      },
    });
  });

  it('is the profile with its id, external id, address or number, in this order', async () => {
    await api.imported(
      list,
      { email: 'ann@example.com', phone_number: '+14155552671' },
      { email: 'ANN@Example.com', first_name: 'by address' },
      { phone_number: '+14155552671', last_name: 'by number' },
      { email: 'ann@example.com', external_id: 'shop-1' },
      { external_id: 'shop-1', title: 'by external id' },
    );
    const id = String((await api.profile('ann@example.com'))['id']);
    idOf(await api.import(list, [{ type: 'profile', id, attributes: { organization: 'by id' } }]));
    api.sandbox.klaviyo.advanceClock(10_000);
    expect(members()).toEqual([
      {
        columns: {
          // Whichever case came last.
          email: 'ann@example.com',
          phone_number: '+14155552671',
          external_id: 'shop-1',
          first_name: 'by address',
          last_name: 'by number',
          title: 'by external id',
          organization: 'by id',
        },
        timesReceived: 6,
      },
    ]);
  });

  it('keeps a second identifier that belongs to somebody else where it is', async () => {
    await api.imported(list, { email: 'ann@example.com', phone_number: '+14155552671' });
    await api.imported(list, { email: 'bob@example.com', phone_number: '+14155552671', first_name: 'Bob' });
    expect(columns()).toEqual([
      { email: 'ann@example.com', phone_number: '+14155552671' },
      { email: 'bob@example.com', first_name: 'Bob' },
    ]);
  });

  it('finds a profile that has nothing but the number', async () => {
    await api.imported(list, { phone_number: '+14155552671' });
    await api.imported(list, { email: 'ann@example.com', phone_number: '+14155552671' });
    expect(columns()).toEqual([{ email: 'ann@example.com', phone_number: '+14155552671' }]);
  });

  it('clears nothing with null, and overwrites with the rest', async () => {
    await api.imported(list, {
      email: 'ann@example.com',
      first_name: 'Ann',
      phone_number: '+14155552671',
      properties: { a: 1, b: 2 },
    });
    await api.imported(list, {
      email: 'ann@example.com',
      first_name: null,
      phone_number: null,
      last_name: 'Lee',
      location: null,
      properties: { a: null, b: 3, c: [4] },
    });
    expect(columns()).toEqual([
      {
        email: 'ann@example.com',
        phone_number: '+14155552671',
        first_name: 'Ann',
        last_name: 'Lee',
        properties: { a: 1, b: 3, c: [4] },
      },
    ]);
  });

  it('patches properties', async () => {
    const row = (patch: object, properties: object = {}) => ({
      type: 'profile',
      attributes: { email: 'ann@example.com', properties },
      meta: { patch_properties: patch },
    });
    await api.import(list, [
      row({}, { tags: ['a'], single: 'x', gone: 1, also: 2, kept: 3 }),
      row({ append: { tags: 'b', single: ['y'], fresh: 'z' } }),
      row({ append: { tags: ['c', 'd'] }, unappend: { single: 'x', none: 'x' }, unset: 'gone' }),
      row({ unappend: { tags: ['a', 'c'] }, unset: ['also', 'never'] }),
    ]);
    api.sandbox.klaviyo.advanceClock(10_000);
    expect(columns()?.[0]?.['properties']).toEqual({ tags: ['b', 'd'], single: ['y'], fresh: ['z'], kept: 3 });
  });

  it.each([
    '+14155552671',
    '+15005550006',
    '+14169671111',
    '+13101234',
    '+447400123456',
    '+442079460958',
    '+353850123456',
    '+35312345678',
    '+61412345678',
    '+61131114',
    '+6421123456',
    '+64800838383',
    '+4915123456789',
  ])('keeps the number %s', async (phone) => {
    await api.imported(list, { email: 'ann@example.com', phone_number: phone });
    expect(columns()).toEqual([{ email: 'ann@example.com', phone_number: phone }]);
  });

  it.each([
    '+1234',
    '(415) 555-2671',
    '4155552671',
    '+1 415 555 2671',
    '+12120000000',
    '+11234567890',
    '+1415555267',
    '+44740012345',
    '+353871234',
    '+6141234567',
    '+64211234',
    '+0415555267',
    'abc',
    '+',
  ])('loses the number %s without a word', async (phone) => {
    const job = await api.imported(list, { email: 'ann@example.com', phone_number: phone });
    expect(columns()).toEqual([{ email: 'ann@example.com' }]);
    const { body } = await api.get(`profile-bulk-import-jobs/${job}/import-errors`);
    expect(body).toMatchObject({ data: [] });
  });
});
