import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { detailOf, idOf, profile, type SpecKlaviyoClient, startKlaviyo } from '../spec-klaviyo-client.js';

const MINUTE = 60_000;
let api: SpecKlaviyoClient;
let list: string;
beforeEach(async () => {
  api = await startKlaviyo({ jobMs: 30 * MINUTE });
  list = await api.list();
});
afterEach(() => api.sandbox.stop());

const later = (minutes: number) => api.sandbox.klaviyo.advanceClock(minutes * MINUTE);
const rows = ['ann', 'bob', 'cyd', 'dee'].map((name) => profile({ email: `${name}@example.com` }));
const job = async (id: string) => {
  const { body } = await api.get(`profile-bulk-import-jobs/${id}`);
  return (body as { data: { attributes: Record<string, unknown> } }).data.attributes;
};
const errors = async (id: string, query: Record<string, string> = {}) => {
  const { body } = await api.get(`profile-bulk-import-jobs/${id}/import-errors`, query);
  return body as { data: { type: string; attributes: Record<string, unknown> }[]; links: { next: string | null } };
};
const hook = (patch: Record<string, unknown>) => api.sandbox.klaviyo.patchAudience(list, patch);

describe('an import job', () => {
  it('is answered as queued', async () => {
    const { status, body } = await api.import(list, rows);
    const { id } = (body as { data: { id: string } }).data;
    const at = `${api.sandbox.klaviyo.origin}/api/profile-bulk-import-jobs`;
    const second = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/);
    expect([status, body]).toEqual([
      202,
      {
        data: {
          type: 'profile-bulk-import-job',
          id: expect.stringMatching(/^[\w-]{20,}$/),
          attributes: {
            status: 'queued',
            created_at: second,
            total_count: 4,
            completed_count: 0,
            failed_count: 0,
            completed_at: null,
            expires_at: second,
            started_at: null,
          },
          relationships: {
            lists: {
              data: [{ type: 'list', id: list }],
              links: { self: `${at}/${id}/relationships/lists/`, related: `${at}/${id}/lists/` },
            },
            profiles: { links: { self: `${at}/${id}/relationships/profiles/`, related: `${at}/${id}/profiles/` } },
            'import-errors': { links: { related: `${at}/${id}/import-errors/` } },
          },
          links: { self: `${at}/${id}/` },
        },
        links: { self: at },
      },
    ]);
  });

  it('is queued, processed and complete, and its rows arrive on the way', async () => {
    const id = idOf(await api.import(list, rows));
    later(9);
    expect(await job(id)).toMatchObject({ status: 'queued', started_at: null, completed_count: 0 });
    later(11);
    expect(await job(id)).toMatchObject({ status: 'processing', completed_count: 2, completed_at: null });
    expect(await api.members(`lists/${list}`)).toHaveLength(2);
    later(11);
    const second = expect.stringMatching(/:\d\d\+00:00$/);
    expect(await job(id)).toMatchObject({
      status: 'complete',
      completed_count: 4,
      failed_count: 0,
      started_at: second,
      completed_at: second,
    });
    expect(await api.members(`profile-bulk-import-jobs/${id}`)).toEqual(await api.members(`lists/${list}`));
    const { body } = await api.get(`profile-bulk-import-jobs/${id}/profiles`, { 'fields[profile]': 'email' });
    expect(body).toMatchObject({ data: [{ attributes: { email: 'ann@example.com' } }, {}, {}, {}] });
  });

  it('is forgotten after seven days', async () => {
    const id = idOf(await api.import(list, rows));
    later(7 * 24 * 60 - 1);
    const { created_at: created, expires_at: expires } = await job(id);
    expect(Date.parse(String(expires)) - Date.parse(String(created))).toBe(7 * 86_400_000);
    later(1);
    const gone = await api.get(`profile-bulk-import-jobs/${id}`);
    expect([gone.status, detailOf(gone)]).toEqual([404, 'Invalid job id']);
    expect(detailOf(await api.get('profile-bulk-import-jobs/nope/import-errors'))).toBe('Invalid job id');
    expect(await api.members(`lists/${list}`)).toHaveLength(4);
  });

  it('is found by its status', async () => {
    const first = idOf(await api.import(list, rows));
    later(31);
    const second = idOf(await api.import(list, rows));
    const found = async (query: Record<string, string>) => {
      const { body } = await api.get('profile-bulk-import-jobs', query);
      return (body as { data: { id: string }[] }).data.map(({ id }) => id);
    };
    expect(await found({ filter: 'equals(status,"complete")' })).toEqual([first]);
    expect(await found({ filter: 'any(status,["queued","processing"])' })).toEqual([second]);
    expect(await found({ sort: '-created_at' })).toEqual([second, first]);
  });

  it('has failed rows when it is told to, page by page and with their payload', async () => {
    hook({ failRows: 45 });
    const people = Array.from({ length: 50 }, (_, index) =>
      profile({ email: `p${index}@example.com`, first_name: 'P' }),
    );
    const id = idOf(await api.import(list, people));
    later(31);
    expect(await job(id)).toMatchObject({ status: 'complete', total_count: 50, completed_count: 5, failed_count: 45 });
    expect(await api.members(`lists/${list}`)).toHaveLength(5);
    const first = await errors(id);
    expect(first.data).toHaveLength(20);
    expect(first.data[1]).toEqual({
      type: 'import-error',
      id: expect.any(String),
      attributes: {
        code: 'invalid',
        title: 'Invalid input.',
        detail: 'The profile could not be processed.',
        source: { pointer: '/data/attributes/profiles/data/1/attributes' },
        original_payload: { email: 'p1@example.com', first_name: 'P' },
      },
    });
    expect((await api.call('GET', first.links.next?.split('/api/')[1] ?? '')).body).toMatchObject({
      data: Array.from({ length: 20 }, () => ({})),
    });
    const all = await errors(id, { 'page[size]': '100' });
    expect([all.data.length, all.links.next]).toEqual([45, null]);
    expect((await api.get(`profile-bulk-import-jobs/${id}/import-errors`, { 'page[size]': '101' })).status).toBe(400);
    const again = idOf(await api.import(list, people));
    later(31);
    expect(await job(again)).toMatchObject({ completed_count: 50, failed_count: 0 });
  });

  it('is cancelled half-way when it is told to, and a repeat brings the rest', async () => {
    hook({ cancelImports: 1 });
    const id = idOf(await api.import(list, rows));
    later(31);
    expect(await job(id)).toMatchObject({ status: 'cancelled', total_count: 4, completed_count: 2, failed_count: 0 });
    expect(await api.members(`lists/${list}`)).toHaveLength(2);
    const again = idOf(await api.import(list, rows));
    later(31);
    expect(await job(again)).toMatchObject({ status: 'complete', completed_count: 4 });
    expect(await api.members(`lists/${list}`)).toHaveLength(4);
  });

  it('works although its list went in between', async () => {
    const id = idOf(await api.import(list, rows));
    await api.call('DELETE', `lists/${list}`);
    later(31);
    expect(await job(id)).toMatchObject({ status: 'complete', completed_count: 4 });
    expect(await api.profile('dee@example.com')).toMatchObject({ email: 'dee@example.com' });
  });
});

describe('rows that fail while they are processed', () => {
  const failed = async (row: Record<string, unknown>) => {
    const id = idOf(await api.import(list, [profile(row)]));
    later(31);
    return (await errors(id)).data.map(({ attributes: { code, source } }) => [code, source]);
  };
  const at = (attribute: string) => ({ pointer: `/data/attributes/profiles/data/0/attributes${attribute}` });

  it('have nothing but a phone, and a bad one', async () => {
    expect(await failed({ phone_number: '+1234' })).toEqual([['invalid', at('/phone_number')]]);
    expect(await failed({ phone_number: '+14155552671' })).toEqual([]);
    expect(await failed({ _kx: 'abc' })).toEqual([['invalid', at('/_kx')]]);
  });

  it('have nothing but a phone in an account without SMS', async () => {
    await api.sandbox.stop();
    api = await startKlaviyo({ jobMs: 30 * MINUTE, smsEnabled: false });
    list = await api.list();
    expect(await failed({ phone_number: '+14155552671' })).toEqual([['invalid', at('/phone_number')]]);
    expect(await failed({ phone_number: '+14155552671', external_id: 'x' })).toEqual([]);
  });

  it('name a profile that does not exist', async () => {
    const id = idOf(await api.import(list, [{ type: 'profile', id: 'nobody', attributes: { first_name: 'N' } }]));
    later(31);
    expect((await errors(id)).data).toMatchObject([
      { attributes: { code: 'invalid', original_payload: { id: 'nobody', first_name: 'N' } } },
    ]);
  });

  it('name two profiles, where the option says so', async () => {
    await api.sandbox.stop();
    api = await startKlaviyo({ jobMs: 30 * MINUTE, identifierConflict: 'fail' });
    list = await api.list();
    expect(await failed({ email: 'ann@example.com', phone_number: '+14155552671' })).toEqual([]);
    expect(await failed({ email: 'bob@example.com' })).toEqual([]);
    const both = { email: 'bob@example.com', phone_number: '+14155552671' };
    expect(await failed(both)).toEqual([['duplicate_profile', at('')]]);
  });
});
