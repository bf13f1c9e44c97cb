import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { Database } from '../src/storage/database.js';
import { PayloadCipher } from '../src/storage/payload-cipher.js';
import { batches, rejections } from '../src/storage/schema.js';
import { MembersFinder } from '../src/members/members-finder.js';
import { MemberCipher } from '../src/members/member-cipher.js';
import { send } from './support/json-calls.js';
import { manyUsers, startService, type TestService } from './support/service.js';
import { batchOf, eventually, get, untilState, upload } from './support/upload.js';

const PLATFORMS = ['facebook', 'tiktok', 'klaviyo', 'google', 'linkedin', 'twitter'] as const;
const ADA = {
  edgeTagId: 'edge-ada',
  email: 'ada@example.com',
  phone: '+12025550143',
  firstName: 'Ada',
  lastName: 'Example',
  country: 'US',
};
/** Facebook lets nobody out of an audience that would have fewer than a hundred. */
const OTHERS = manyUsers(150, 'other');

describe('erasing one person', () => {
  let service: TestService;

  beforeAll(async () => {
    const env = { SYNC_TIMEOUT_MS: '30000', ENCRYPTION_KEY: randomBytes(32).toString('base64') };
    const sandbox = { klaviyo: { rateLimits: false, importMs: 100 }, linkedin: { warmUpMs: 0 } };
    service = await startService(env, sandbox, PLATFORMS);
  });
  afterAll(() => service.stop());

  async function bring(name: string, users: readonly object[], query = ''): Promise<string> {
    const answer = await upload(service.origin, { name, users, query, batch: batchOf({ totalUsers: users.length }) });
    expect(answer.status).toBe(200);
    return service.origin + answer.headers.get('location');
  }

  const membersOf = (id: (typeof PLATFORMS)[number], name: string) =>
    service.sandbox[id].audiences({ members: true }).find((one) => one.name === `blotout_${name}`);

  /** Everything that the database says to somebody who has the key. */
  async function whatIsKept(): Promise<string> {
    const cipher = new PayloadCipher(Buffer.from(service.env.ENCRYPTION_KEY!, 'base64'));
    const database = await Database.open({ databaseUrl: service.database.url, dataDir: 'unused' });
    try {
      const found = await new MembersFinder(database, new MemberCipher(cipher)).everywhere(
        new MemberCipher(cipher).lookups({ email: ADA.email, phone: ADA.phone, edgeTagId: ADA.edgeTagId }),
      );
      const kept = [JSON.stringify(found)];
      for (const { id, payload } of await database.query.select().from(batches)) {
        if (payload) kept.push((await cipher.open(payload, id)).toString('utf8'));
      }
      for (const row of await database.query.select().from(rejections)) {
        const bound = `edge tag ids of ${row.delivery} ${row.stage} ${row.field} ${row.reason}`;
        for (const piece of row.edgeTagIds) {
          if (piece.length > 2) kept.push((await cipher.open(piece.subarray(2), bound)).toString('utf8'));
        }
      }
      return kept.join('\n');
    } finally {
      await database.close();
    }
  }

  it('leaves no trace of them on any platform nor in the database, but the receipt', async () => {
    const [one, two] = [await bring('One', [ADA, ...OTHERS]), await bring('Two', [...OTHERS, ADA])];
    for (const session of [one, two]) await untilState(session, 'completed');
    // Named in a list of rejections: an address that no platform takes.
    const refused = await bring('Three', [...OTHERS, { edgeTagId: ADA.edgeTagId, email: 'none' }], 'channels=klaviyo');
    await untilState(refused, 'completed');
    // And in a batch that is still to be delivered.
    service.sandbox.tiktok.addFaults({
      kind: 'rate-limit',
      path: '*/segment/mapping/',
      retryAfterSeconds: 6,
      times: 1,
    });
    const late = await bring('Late', [ADA, ...OTHERS], 'channels=tiktok');
    await eventually(
      () => get(late),
      ({ body }) => JSON.stringify(body).includes('rate-limited'),
    );
    for (const id of PLATFORMS) expect([id, membersOf(id, 'One')?.memberCount]).toEqual([id, 151]);
    for (const value of ['edge-ada', 'ada@example.com']) expect(await whatIsKept()).toContain(value);

    const asked = await send('POST', `${service.origin}/erasures`, {
      email: ' Ada@Example.com',
      edgeTagId: 'edge-ada',
    });
    expect([asked.status, asked.body]).toMatchObject([202, { state: 'processing', by: ['email', 'edgeTagId'] }]);
    const receipt = service.origin + asked.headers.get('location');
    const done = await eventually(
      () => get(receipt),
      ({ body }) => body.state !== 'processing',
      60_000,
    );

    // In two audiences on six platforms; in the batch that waits; in the list of rejections.
    const store = { members: 12, batches: 1, rejections: expect.any(Number) };
    expect(done.body).toMatchObject({ state: 'completed', completedAt: expect.any(String), store });
    const tags = (done.body.tags as Record<string, unknown>[]).map(({ provider, state, account, error }) => [
      ...[provider, state, account, error],
    ]);
    const told = (id: string) => (['facebook', 'klaviyo'].includes(id) ? 'completed' : 'not-offered');
    expect(tags).toEqual([...PLATFORMS].sort().map((id) => [id, 'completed', told(id), null]));
    await untilState(late, 'completed');
    for (const name of ['One', 'Two', 'Late']) {
      for (const id of name === 'Late' ? (['tiktok'] as const) : PLATFORMS) {
        expect([name, id, membersOf(id, name)?.memberCount]).toEqual([name, id, 150]);
      }
    }
    const kept = await whatIsKept();
    for (const value of ['edge-ada', 'ada@example.com', '2025550143']) expect(kept.toLowerCase()).not.toContain(value);
    const csv = await (await fetch(`${refused}/rejections?format=csv`)).text();
    expect(csv).not.toContain('edge-ada');
    expect(JSON.stringify(done.body)).not.toMatch(/ada@|edge-ada|2025550143/i);

    const profiles = `${service.sandbox.klaviyo.origin}/api/profiles?filter=${encodeURIComponent('equals(email,"ada@example.com")')}`;
    const headers = { Authorization: `Klaviyo-API-Key ${service.env.KLAVIYO_API_KEY!}`, revision: '2026-10-15' };
    const found = (await (await fetch(profiles, { headers })).json()) as { data: unknown[] };
    expect(found.data).toHaveLength(0);
  });

  it('counts whoever was taken out of a waiting batch as skipped', async () => {
    const late = (await get(`${service.origin}/sessions?name=Late`)).body.items as Record<string, unknown>[];
    expect(late[0]).toMatchObject({ tags: [{ received: 151, accepted: 150, skipped: 1, rejected: 0, pending: 0 }] });
  });

  it('says what is wrong with a call that names nobody, or nobody rightly', async () => {
    const fields = async (body: object) => {
      const answer = await send('POST', `${service.origin}/erasures`, body);
      return [answer.status, answer.body.errors?.map(({ field }) => field)];
    };
    expect(await fields({})).toEqual([400, ['email']]);
    expect(await fields({ email: 5 })).toEqual([400, ['email']]);
    expect(await fields({ phone: '2025550143' })).toEqual([400, ['phone']]);
    expect(await fields({ edgeTagId: '  ', email: null })).toEqual([400, ['edgeTagId']]);
    expect((await get(`${service.origin}/erasures/0190a1b2-0000-7000-8000-000000000000`)).status).toBe(404);
  });

  it('lists the receipts, newest first', async () => {
    const asked = await send('POST', `${service.origin}/erasures`, { phone: '+49 30 901820' });
    const { body } = await get(`${service.origin}/erasures?limit=1`);
    expect(body).toMatchObject({ items: [{ id: asked.body.id, by: ['phone'] }], nextCursor: expect.any(String) });
  });

  it('sends what it is given to every audience where nobody keeps who is in them', async () => {
    const other = await startService({ MEMBERS: 'off', SYNC_TIMEOUT_MS: '30000' }, {}, ['twitter']);
    try {
      const users = [{ email: ADA.email }, ...manyUsers(3)];
      const parts = { name: 'Off', users, batch: batchOf({ totalUsers: 4 }), query: 'sync=true' };
      expect((await upload(other.origin, parts)).status).toBe(200);
      const asked = await send('POST', `${other.origin}/erasures`, { email: ADA.email });
      const receipt = other.origin + asked.headers.get('location');
      const done = await eventually(
        () => get(receipt),
        ({ body }) => body.state !== 'processing',
      );
      expect(done.body).toMatchObject({ state: 'completed', tags: [{ provider: 'twitter', audiences: 1 }] });
      expect(other.sandbox.twitter.audiences()).toMatchObject([{ name: 'blotout_Off', memberCount: 3 }]);
    } finally {
      await other.stop();
    }
  });
});
