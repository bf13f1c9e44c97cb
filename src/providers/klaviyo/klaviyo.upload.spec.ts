import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, type SandboxOptions, startSandbox } from '../../sandbox/sandbox.js';
import type { CreateContext, Receipt, UploadContext } from '../contract/audience-provider.js';
import type { AudienceUser } from '../contract/audience-user.js';
import { RequestRejectedError } from '../contract/provider-errors.js';
import { PlatformHttp } from '../kit/platform-http.js';
import { KlaviyoClient } from './klaviyo.client.js';
import { KlaviyoTag } from './klaviyo.config.js';
import { prepareKlaviyoRows } from './klaviyo.normaliser.js';
import { KlaviyoPhones } from './klaviyo.phone.js';
import type { KlaviyoRow } from './klaviyo.profile.js';

const JOBS = '/api/profile-bulk-import-jobs';

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

function rowsOf(...users: AudienceUser[]): readonly KlaviyoRow[] {
  return prepareKlaviyoRows(users, new KlaviyoPhones(new KlaviyoTag().phoneCountries)).rows.map(({ row }) => row);
}

const numbered = (count: number) =>
  rowsOf(...Array.from({ length: count }, (_, at) => ({ email: `u${at}@example.com` })));

/** A row that only Klaviyo finds malformed: ours never are. */
const bad = (email: string): KlaviyoRow => ({ ...numbered(1)[0]!, email });

const posts = () => sandbox.klaviyo.requests({ method: 'POST', path: JOBS }).requests;
const emailsOf = (body: unknown) =>
  (
    body as { data: { attributes: { profiles: { data: { attributes: { email: string } }[] } } } }
  ).data.attributes.profiles.data.map(({ attributes }) => attributes.email);
const members = () => sandbox.klaviyo.audiences({ members: true })[0]?.members?.map(({ columns }) => columns) ?? [];

/** The outcome of a job, once it is over. */
async function outcomeOf({ remoteJobId }: Receipt): Promise<Receipt | 'pending'> {
  sandbox.klaviyo.advanceClock(60_000);
  return client.pollUpload(remoteJobId ?? '', ctx);
}

describe('KlaviyoClient.upload', () => {
  it('starts an import into the list, whose end brings the members', async () => {
    await start();
    const rows = rowsOf(
      { email: 'ann@example.com', phone: '+14155552671', firstName: 'Zoë' },
      { email: 'bob@example.com' },
    );
    const receipt = await client.upload(audience, rows, ctx);

    expect(receipt).toEqual({ accepted: 0, refused: [], remoteJobId: expect.stringMatching(/^[\w-]+$/) });
    expect(posts().map(({ body }) => body)).toEqual([
      {
        data: {
          type: 'profile-bulk-import-job',
          attributes: {
            profiles: {
              data: [
                {
                  type: 'profile',
                  attributes: { email: 'ann@example.com', phone_number: '+14155552671', first_name: 'Zoë' },
                },
                { type: 'profile', attributes: { email: 'bob@example.com' } },
              ],
            },
          },
          relationships: { lists: { data: [{ type: 'list', id: audience.id }] } },
        },
      },
    ]);
    await expect(client.pollUpload(receipt.remoteJobId!, ctx)).resolves.toBe('pending');
    await expect(outcomeOf(receipt)).resolves.toEqual({ accepted: 2, refused: [], refusedUnnamed: 0 });
    expect(members()).toMatchObject([{ email: 'ann@example.com', first_name: 'Zoë' }, { email: 'bob@example.com' }]);
  });

  it('may be repeated', async () => {
    await start();
    await outcomeOf(await client.upload(audience, numbered(3), ctx));
    await expect(outcomeOf(await client.upload(audience, numbered(3), ctx))).resolves.toMatchObject({ accepted: 3 });
    expect(members()).toHaveLength(3);
  });

  it('drops what Klaviyo names as malformed, and sends the rest again, once', async () => {
    await start();
    const [ann, bob, cid] = numbered(3);
    const receipt = await client.upload(audience, [bad('x'), ann!, bad('y@'), bob!, cid!], ctx);

    expect(receipt).toMatchObject({
      refused: [
        { row: 0, reason: 'invalid-format' },
        { row: 2, reason: 'invalid-format' },
      ],
      remoteJobId: expect.stringMatching(/^[\w-]+$/),
    });
    expect(posts().map(({ status }) => status)).toEqual([400, 202]);
    expect(emailsOf(posts()[1]?.body)).toEqual(['u0@example.com', 'u1@example.com', 'u2@example.com']);
    await expect(outcomeOf(receipt)).resolves.toMatchObject({ accepted: 3, refused: [] });
  });

  it('starts no job when nothing is left to import', async () => {
    await start();
    await expect(client.upload(audience, [bad('x'), bad('y')], ctx)).resolves.toEqual({
      accepted: 0,
      refused: [
        { row: 0, reason: 'invalid-format' },
        { row: 1, reason: 'invalid-format' },
      ],
    });
    expect(posts()).toHaveLength(1);
  });

  it('does not go on for ever when the rest is refused as well', async () => {
    await start();
    const errors = [
      { code: 'invalid', title: 'Invalid input.', source: { pointer: '/data/attributes/profiles/data/0' } },
    ];
    sandbox.klaviyo.addFaults({ kind: 'status', path: JOBS, status: 400, body: { errors } });
    await expect(client.upload(audience, numbered(3), ctx)).rejects.toBeInstanceOf(RequestRejectedError);
    expect(posts()).toHaveLength(2);
  });

  it.each([
    ['something else as well', ['/data/attributes/profiles/data/0', '/data/attributes']],
    ['a row that was not sent', ['/data/attributes/profiles/data/3']],
  ])('drops nothing when Klaviyo complains of %s', async (_, pointers) => {
    await start();
    const errors = pointers.map((pointer) => ({ code: 'invalid', title: 'Invalid input.', source: { pointer } }));
    sandbox.klaviyo.addFaults({ kind: 'status', path: JOBS, status: 400, body: { errors } });
    await expect(client.upload(audience, numbered(3), ctx)).rejects.toMatchObject({ platformCode: '400/invalid' });
    expect(posts()).toHaveLength(1);
  });

  it('imports two rows of one address as one profile, and counts both', async () => {
    await start();
    const rows = rowsOf(
      { email: 'ann@example.com', firstName: 'Ann' },
      { email: 'bob@example.com' },
      { email: 'Ann@Example.com', lastName: 'Lee' },
      { phone: '+14155552671' },
      { phone: '+14155552671', country: 'US' },
    );
    const receipt = await client.upload(audience, rows, ctx);
    const [profile] = (posts()[0]?.body as { data: { attributes: { profiles: { data: unknown[] } } } }).data.attributes
      .profiles.data;
    expect(profile).toEqual({
      type: 'profile',
      attributes: { email: 'ann@example.com', first_name: 'Ann', last_name: 'Lee' },
    });
    await expect(outcomeOf(receipt)).resolves.toEqual({ accepted: 5, refused: [], refusedUnnamed: 0 });
    expect(members()).toHaveLength(3);
  });

  it('refuses all rows of a malformed address', async () => {
    await start();
    const [ann] = numbered(1);
    const receipt = await client.upload(audience, [bad('x'), ann!, bad('x'), ann!], ctx);
    expect(receipt.refused.map(({ row }) => row)).toEqual([0, 2]);
    await expect(outcomeOf(receipt)).resolves.toMatchObject({ accepted: 2, refused: [] });
  });

  it('takes 10,000 users in one request', async () => {
    await start();
    const receipt = await client.upload(audience, numbered(10_000), ctx);
    expect(posts()).toHaveLength(1);
    await expect(outcomeOf(receipt)).resolves.toMatchObject({ accepted: 10_000 });
    expect(sandbox.klaviyo.audiences()[0]?.memberCount).toBe(10_000);
  });
});
