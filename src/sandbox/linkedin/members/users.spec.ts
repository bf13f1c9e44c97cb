import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { add, DOE, JANE, people, SpecLinkedInClient, verdict } from '../spec-linkedin-client.js';

let sandbox: Sandbox;
let linkedin: SpecLinkedInClient;

beforeEach(async () => {
  sandbox = await startSandbox();
  linkedin = new SpecLinkedInClient(sandbox);
});
afterEach(() => sandbox.stop());

const statusesIn = ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  (body['elements'] as { status: number }[] | undefined)?.map(({ status }) => status);
const size = () => sandbox.linkedin.audiences().map(({ memberCount }) => memberCount);

describe('a batch of users', () => {
  it('is answered element by element, in order', async () => {
    const id = await linkedin.segment();
    const reply = await linkedin.users(id, [add(JANE, { firstName: 'Jane', country: 'US' }), add('plain'), add(DOE)]);
    expect([reply.status, reply.body]).toEqual([
      200,
      {
        elements: [
          { status: 201 },
          {
            status: 400,
            error: { status: 400, code: 'FIELD_INVALID', message: 'idValue must be 64 lower-case hex characters' },
          },
          { status: 201 },
        ],
      },
    ]);
    expect(sandbox.linkedin.audiences({ members: true })).toMatchObject([
      {
        memberCount: 2,
        rowsReceived: 2,
        members: [
          { columns: { SHA256_EMAIL: JANE, firstName: 'Jane', country: 'US' }, timesReceived: 1 },
          { columns: { SHA256_EMAIL: DOE }, timesReceived: 1 },
        ],
      },
    ]);
  });

  it('may add who is there and take out who is not', async () => {
    const id = await linkedin.segment();
    const remove = (digest: string) => ({ ...add(digest), action: 'REMOVE' });
    expect(statusesIn(await linkedin.users(id, [add(JANE), add(JANE), remove(DOE)]))).toEqual([201, 201, 201]);
    expect(size()).toEqual([1]);
    expect(statusesIn(await linkedin.users(id, [remove(JANE)]))).toEqual([201]);
    expect(size()).toEqual([0]);
  });

  it('knows a person by any of several ids', async () => {
    const id = await linkedin.segment();
    const aid = { idType: 'GOOGLE_AID', idValue: '38400000-8cf0-11bd-b23e-10b96e40000d' };
    const ids = [{ idType: 'SHA256_EMAIL', idValue: JANE }, aid];
    await linkedin.users(id, [{ action: 'ADD', userIds: ids }, add(JANE)]);
    expect(size()).toEqual([1]);
    await linkedin.users(id, [{ action: 'REMOVE', userIds: [aid] }]);
    expect(size()).toEqual([1]);
  });

  it.each<[string, unknown]>([
    ['no object', 'x'],
    ['no action', { ...add(JANE), action: undefined }],
    ['a lower-case action', { ...add(JANE), action: 'add' }],
    ['no ids and no names', { action: 'ADD' }],
    ['no ids and one name', { action: 'ADD', firstName: 'Jane' }],
    ['the single id of older versions', { action: 'ADD', userId: { idType: 'SHA256_EMAIL', idValue: JANE } }],
    ['an empty list of ids', { action: 'ADD', userIds: [] }],
    ['an unknown type', { action: 'ADD', userIds: [{ idType: 'EMAIL', idValue: JANE }] }],
    ['an inherited type', { action: 'ADD', userIds: [{ idType: 'toString', idValue: JANE }] }],
    ['a plain address', add('jane.doe@example.com')],
    ['63 digits', add(JANE.slice(1))],
    ['65 digits', add(`${JANE}0`)],
    ['upper case', add(JANE.toUpperCase())],
    ['a SHA-256 digest as SHA-512', { action: 'ADD', userIds: [{ idType: 'SHA512_EMAIL', idValue: JANE }] }],
    ['a first name of 36', add(JANE, { firstName: 'x'.repeat(36) })],
    ['a last name of 36', add(JANE, { lastName: 'x'.repeat(36) })],
    ['an empty name', add(JANE, { firstName: '' })],
    ['a title of 51', add(JANE, { title: 'x'.repeat(51) })],
    ['a company of 51', add(JANE, { company: 'x'.repeat(51) })],
    ['a country of three letters', add(JANE, { country: 'USA' })],
    ['a country in words', add(JANE, { country: 'Dhaka' })],
    ['a phone', add(JANE, { phone: '+12025550143' })],
  ])('refuses an element with %s, and takes its neighbour', async (_, element) => {
    const id = await linkedin.segment();
    expect(statusesIn(await linkedin.users(id, [element, add(DOE)]))).toEqual([400, 201]);
    expect(size()).toEqual([1]);
  });

  it.each([
    ['SHA512_EMAIL', { action: 'ADD', userIds: [{ idType: 'SHA512_EMAIL', idValue: JANE + JANE }] }],
    ['names of 35', add(JANE, { firstName: 'x'.repeat(35), lastName: 'x'.repeat(35) })],
    ['names alone', { action: 'ADD', firstName: 'Jane', lastName: 'Doe' }],
  ])('takes %s', async (_, element) => {
    const id = await linkedin.segment();
    expect(statusesIn(await linkedin.users(id, [element]))).toEqual([201]);
    expect(size()).toEqual([1]);
  });

  it('has 1 to 5,000 elements', async () => {
    const id = await linkedin.segment();
    const elements = people(5_001).map((digest) => add(digest));
    expect(verdict(await linkedin.users(id, elements))).toEqual([400, 'BATCH_SIZE_INVALID']);
    expect(verdict(await linkedin.users(id, []))).toEqual([400, 'BATCH_SIZE_INVALID']);
    expect(verdict(await linkedin.users(id, { 0: elements[0] }))).toEqual([400, 'BATCH_SIZE_INVALID']);
    expect(size()).toEqual([0]);
    expect((await linkedin.users(id, elements.slice(1))).status).toBe(200);
    expect(size()).toEqual([5_000]);
  });
});

describe('one user', () => {
  const send = (id: string, body: object) => linkedin.send('POST', `/dmpSegments/${id}/users`, body);

  it('is taken without the header of a batch, and a batch is not', async () => {
    const id = await linkedin.segment();
    expect((await send(id, add(JANE))).status).toBe(201);
    expect(verdict(await send(id, { elements: [add(DOE)] }))).toEqual([400, 'METHOD_NOT_SUPPORTED']);
    expect(verdict(await send(id, add('plain')))).toEqual([400, 'FIELD_INVALID']);
    expect(size()).toEqual([1]);
  });
});

describe('the users of a segment', () => {
  it('are not there for the first seconds', async () => {
    const { headers } = await linkedin.create();
    const id = headers.get('x-restli-id') ?? '';
    expect(verdict(await linkedin.users(id, [add(JANE)]))).toEqual([404, 'NOT_FOUND']);
    expect((await linkedin.send('GET', `/dmpSegments/${id}`)).status).toBe(200);
    sandbox.linkedin.advanceClock(5_000);
    expect((await linkedin.users(id, [add(JANE)])).status).toBe(200);
  });

  it('cannot be read back', async () => {
    const id = await linkedin.segment();
    expect((await linkedin.send('GET', `/dmpSegments/${id}/users`)).status).toBe(405);
  });

  it('are people: companies have segments of their own', async () => {
    const id = await linkedin.segment({ type: 'COMPANY' });
    expect((await linkedin.users(id, [add(JANE)])).status).toBe(400);
  });
});
