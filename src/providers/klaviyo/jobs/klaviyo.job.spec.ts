import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../../sandbox/sandbox.js';
import type { CreateContext, Receipt, UploadContext } from '../../contract/audience-provider.js';
import type { AudienceUser } from '../../contract/audience-user.js';
import { PlatformUnavailableError, RateLimitedError, RequestRejectedError } from '../../contract/provider-errors.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { KlaviyoClient } from '../klaviyo.client.js';
import { KlaviyoTag } from '../klaviyo.config.js';
import { prepareKlaviyoRows } from '../klaviyo.normaliser.js';
import { KlaviyoPhones } from '../klaviyo.phone.js';
import { readJobTicket } from './klaviyo.import.js';

const session = {
  sessionId: 7,
  audienceType: 'custom' as const,
  batch: 1,
  totalBatches: 1,
  totalUsers: 2,
  chunk: 0,
  ageMinutes: 0,
  last: true,
};
const signal = new AbortController().signal;
const ctx: CreateContext & UploadContext = {
  deliveryId: 'd1',
  signal,
  audienceType: 'custom',
  firstChunk: [],
  session,
};

let sandbox: Sandbox;
let http: PlatformHttp;
let client: KlaviyoClient;
let audience: { readonly id: string };

beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

async function start(options: SandboxOptions['klaviyo'] = {}): Promise<void> {
  sandbox = await startSandbox({ klaviyo: { rateLimits: false, ...options } });
  const tag = Object.assign(new KlaviyoTag(), { apiKey: 'pk_test', baseUrl: sandbox.klaviyo.origin });
  client = new KlaviyoClient(tag, http);
  audience = await client.createAudience('Buyers', ctx);
}

const users = (count: number): AudienceUser[] =>
  Array.from({ length: count }, (_, at) => ({ email: `u${at}@example.com` }));

/** Uploads, lets the job come to its end, and gives the ticket that asks for its outcome. */
async function uploaded(given: readonly AudienceUser[]): Promise<string> {
  const { rows } = prepareKlaviyoRows(given, new KlaviyoPhones(new KlaviyoTag().phoneCountries));
  const receipt = await client.upload(
    audience,
    rows.map(({ row }) => row),
    ctx,
  );
  sandbox.klaviyo.advanceClock(60_000);
  return receipt.remoteJobId ?? '';
}

const outcome = async (ticket: string) => (await client.pollUpload(ticket, ctx)) as Receipt;
const fail = (failRows: number) => sandbox.klaviyo.patchAudience(audience.id, { failRows });
const gets = (path: string) => sandbox.klaviyo.requests({ method: 'GET', path }).requests;

/** Lets the question after any job answer with this state. */
function jobIs(attributes: object): void {
  const body = { data: { type: 'profile-bulk-import-job', id: 'J', attributes } };
  sandbox.klaviyo.addFaults({ kind: 'status', path: '/api/profile-bulk-import-jobs/*', status: 200, body, times: 1 });
}

describe('KlaviyoClient.pollUpload', () => {
  it('names the rows that were not imported, and why', async () => {
    await start({ smsEnabled: false });
    const ticket = await uploaded([...users(2), { phone: '+14155552671' }, { email: 'z@example.com' }]);
    await expect(outcome(ticket)).resolves.toEqual({
      accepted: 3,
      refused: [{ row: 2, reason: 'invalid-format' }],
      refusedUnnamed: 0,
    });
  });

  it('reads all pages of errors, and asks for no values of users', async () => {
    await start();
    fail(250);
    const { accepted, refused, refusedUnnamed } = await outcome(await uploaded(users(300)));

    expect([accepted, refusedUnnamed]).toEqual([50, 0]);
    expect(refused).toEqual(Array.from({ length: 250 }, (_, row) => ({ row, reason: 'refused-by-platform' })));
    const pages = gets('*/import-errors');
    expect(pages).toHaveLength(3);
    for (const { query } of pages) {
      expect(query).toMatchObject({ 'fields[import-error]': 'code,source', 'page[size]': '100' });
    }
  });

  it('stays within ten pages a second', async () => {
    await start({ rateLimits: true });
    fail(1_500);
    await expect(outcome(await uploaded(users(1_500)))).resolves.toMatchObject({ accepted: 0, refusedUnnamed: 0 });
    expect(gets('*/import-errors').map(({ status }) => status)).toEqual(Array(15).fill(200));
  });

  it('asks for no errors where there are none', async () => {
    await start();
    await outcome(await uploaded(users(3)));
    expect(gets('*/import-errors')).toEqual([]);
  });

  it('brings the failure of a profile back to all rows that went into it', async () => {
    await start();
    fail(2);
    const [ann, bob, cid, dan] = users(4);
    const ticket = await uploaded([ann!, ann!, bob!, cid!, ann!, bob!, dan!]);
    const { accepted, refused, refusedUnnamed } = await outcome(ticket);
    expect(refused.map(({ row }) => row)).toEqual([0, 1, 2, 4, 5]);
    expect([accepted, refusedUnnamed]).toEqual([2, 0]);
  });

  it('counts failures that name no row', async () => {
    await start();
    const ticket = await uploaded(users(5));
    jobIs({ status: 'complete', total_count: 5, completed_count: 2, failed_count: 3 });
    const data = [
      { id: '1', attributes: { code: 'invalid', source: { pointer: '/data/attributes/profiles/data/4/attributes' } } },
      { id: '2', attributes: { code: 'invalid', source: { pointer: '/data/attributes/email' } } },
      { id: '3', attributes: {} },
    ];
    sandbox.klaviyo.addFaults({ kind: 'status', path: '*/import-errors', status: 200, body: { data, links: {} } });
    await expect(outcome(ticket)).resolves.toEqual({
      accepted: 2,
      refused: [{ row: 4, reason: 'refused-by-platform' }],
      refusedUnnamed: 2,
    });
  });

  it('tells a job that was cancelled, and how far it got', async () => {
    await start();
    sandbox.klaviyo.patchAudience(audience.id, { cancelImports: 1 });
    const poll = outcome(await uploaded(users(10)));
    await expect(poll).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(poll).rejects.toThrow('stopped in Klaviyo after 5 of 10 profiles');
  });

  it('tells a job that Klaviyo has forgotten', async () => {
    await start();
    const ticket = await uploaded(users(1));
    sandbox.klaviyo.advanceClock(8 * 86_400_000);
    await expect(outcome(ticket)).rejects.toMatchObject({ code: 'request-rejected', platformCode: '404/not_found' });
    await expect(outcome(ticket)).rejects.toThrow('not known any more');
  });

  it.each([
    [{ status: 'failed', total_count: 2 }, RequestRejectedError],
    [{ status: 'odd', total_count: 2 }, PlatformUnavailableError],
    [{}, PlatformUnavailableError],
    [{ status: 'complete', total_count: '2' }, PlatformUnavailableError],
    [{ status: 'complete', total_count: -1 }, PlatformUnavailableError],
    [{ status: 'complete', completed_count: 2, failed_count: 0 }, PlatformUnavailableError],
    [{ status: 'complete', total_count: null, completed_count: 2, failed_count: 1 }, PlatformUnavailableError],
    [{ status: 'complete', total_count: 2, failed_count: 'few' }, PlatformUnavailableError],
    [{ status: 'cancelled' }, RequestRejectedError],
  ])('does not take %j for success', async (attributes, type) => {
    await start();
    jobIs(attributes);
    await expect(outcome('J')).rejects.toBeInstanceOf(type);
  });

  it('says what a finished job lacks', async () => {
    await start();
    jobIs({ status: 'complete', total_count: null });
    await expect(outcome('J')).rejects.toThrow('answer not understood: no total_count');
  });

  it.each([{}, { completed_count: null, failed_count: null }])(
    'takes no count of failures for none: %j',
    async (counts) => {
      await start();
      jobIs({ status: 'complete', total_count: 2, ...counts });
      await expect(outcome('J')).resolves.toEqual({ accepted: 2, refused: [], refusedUnnamed: 0 });
    },
  );

  it('may be asked again after a failure', async () => {
    await start();
    fail(1);
    const ticket = await uploaded(users(2));
    sandbox.klaviyo.addFaults(
      { kind: 'rate-limit', retryAfterSeconds: 3, path: '*/import-errors', times: 1 },
      { kind: 'drop', path: '*/import-errors', times: 1 },
    );
    const first = outcome(ticket);
    await expect(first).rejects.toBeInstanceOf(RateLimitedError);
    await expect(first).rejects.toMatchObject({ retryAfterMs: 3_000 });
    await expect(outcome(ticket)).rejects.toBeInstanceOf(PlatformUnavailableError);
    await expect(outcome(ticket)).resolves.toMatchObject({ accepted: 1, refused: [{ row: 0 }] });
  });
});

describe('the ticket of a job', () => {
  it('is the job\u2019s id alone where every row is a profile', async () => {
    await start();
    const { jobId, joined } = readJobTicket(await uploaded(users(3)));
    expect(jobId).toMatch(/^[\w-]{10,}$/);
    expect([...joined]).toEqual([]);
  });

  it('tells which rows went into the profile of an earlier one', async () => {
    await start();
    const many = users(40);
    const ticket = await uploaded([...many, many[39]!, many[0]!]);
    expect([...readJobTicket(ticket).joined]).toEqual([
      [40, 39],
      [41, 0],
    ]);
    expect(ticket).toMatch(/^[\w-]+~14\.13~15\.0$/);
  });
});
