import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { batchOf, eventually, get, newSessionId, untilState, upload } from './support/upload.js';

const HOUR = 3_600_000;

/** Sessions that wait for batches, whatever comes of them. */
describe('the course of a session', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({ SESSION_TTL_HOURS: '5' });
  });
  afterAll(() => service.stop());
  afterEach(() => service.sandbox.facebook.clearFaults());

  /** Sends batches of one session and returns its address. */
  function sessionOf(name: string, totalBatches: number) {
    const batch = batchOf({ totalBatches, totalUsers: totalBatches * 2 });
    return async (...sequences: number[]) => {
      const locations = new Set<string | null>();
      for (const sequence of sequences) {
        const users = manyUsers(2, `${name.replaceAll(' ', '-')}-${sequence}`);
        const { status, headers } = await upload(service.origin, { name, batch: { ...batch, sequence }, users });
        expect(status).toBe(200);
        locations.add(headers.get('location'));
      }
      expect(locations.size).toBe(1);
      return service.origin + [...locations][0];
    };
  }

  /** Lets so much time pass for the batches of a session. */
  const age = (session: string, hours: number) =>
    service.database.query(
      `update batches set created_at = created_at - ${hours} * interval '1 hour' where session = '${idOf(session)}'`,
    );
  const idOf = (session: string) => session.split('/').at(-1)!;
  const read = async (session: string) => (await get(session)).body;
  const listed = async (query: string) => {
    const { status, body } = await get(`${service.origin}/sessions?limit=500&${query}`);
    expect(status).toBe(200);
    return (body.items as { id: string }[]).map(({ id }) => id);
  };

  it('expires when no batch comes, is receiving again with a late one, and loses nothing', async () => {
    const name = 'Late';
    const send = sessionOf(name, 3);
    const session = await send(1);
    const begun = await read(session);
    expect(begun).toMatchObject({ state: 'receiving', warnings: [] });
    const waits = Date.parse(begun.expiresAt as string) - Date.parse(begun.createdAt as string);
    expect(Math.abs(waits - 5 * HOUR)).toBeLessThan(60_000);

    await age(session, 5);
    const expired = await read(session);
    expect(expired).toMatchObject({ state: 'expired', batchesReceived: 1, missingCount: 2 });
    expect(expired.warnings).toEqual([
      'expired: 2 of 3 batches are missing, and none came for 5 hours; a late one is still taken',
    ]);
    expect(Date.parse(expired.expiresAt as string)).toBeLessThanOrEqual(Date.now());
    expect(await listed(`state=expired&name=${name}`)).toEqual([idOf(session)]);

    await send(3);
    expect(await read(session)).toMatchObject({ state: 'receiving', warnings: [], missingCount: 1 });
    expect(await listed(`state=expired&name=${name}`)).toEqual([]);
    await age(session, 5);
    expect((await read(session)).state).toBe('expired');

    await send(2);
    expect((await untilState(session, 'completed')).body).toMatchObject({
      ...{ expiresAt: null, warnings: [], usersReceived: 6, missingCount: 0, missing: [] },
      tags: [{ received: 6, accepted: 6, pending: 0 }],
    });
    const [audience] = service.sandbox.facebook.audiences().filter((one) => one.name === 'blotout_Late');
    expect(audience).toMatchObject({ memberCount: 6, rowsReceived: 6 });
    await age(session, 500);
    expect(await read(session)).toMatchObject({ state: 'completed', warnings: [] });
  });

  it('says what is missing, as far as it is certain', async () => {
    const send = sessionOf('Gaps', 6);
    const session = await send(4, 2);
    expect(await read(session)).toMatchObject({ countsFrom: null, missingCount: 4, missing: [1, 3, 5] });
    await send(0);
    expect(await read(session)).toMatchObject({ countsFrom: 0, missingCount: 3, missing: [1, 3, 5] });
    await send(1, 3, 5);
    expect(await read(session)).toMatchObject({ countsFrom: 0, missingCount: 0, missing: [] });
  });

  it('counts from 1 as soon as the last one came', async () => {
    const send = sessionOf('Gaps from one', 4);
    const session = await send(2);
    expect(await read(session)).toMatchObject({ countsFrom: null, missingCount: 3, missing: [1, 3] });
    await send(4);
    expect(await read(session)).toMatchObject({ countsFrom: 1, missingCount: 2, missing: [1, 3] });
    expect((await upload(service.origin, { name: 'Gaps from one', batch: batchOf(), users: TWO_USERS })).status).toBe(
      200,
    );
    expect(await read(session)).toMatchObject({ batchesReceived: 2 });
  });

  it('lists the first hundred of many missing ones, and their number', async () => {
    const session = await sessionOf('Hardly begun', 1_000_000)(0, 3);
    const { missing, missingCount } = await read(session);
    expect(missingCount).toBe(999_998);
    expect(missing).toEqual([1, 2, ...Array.from({ length: 98 }, (_, index) => index + 4)]);
  });

  it('finds sessions by their state, and counts them for Prometheus', async () => {
    await eventually(
      () => listed('state=delivering'),
      ({ length }) => length === 0,
    );
    service.sandbox.facebook.addFaults({ kind: 'rate-limit', path: '*/users', times: 1, retryAfterSeconds: 60 });
    const delivering = await sessionOf('In state delivering', 1)(1);
    await untilState(delivering, 'delivering');
    const states: Record<string, string> = { delivering: idOf(delivering) };
    for (const [state, totalBatches, hours] of [
      ['receiving', 2, 4],
      ['expired', 2, 6],
    ] as const) {
      const session = await sessionOf(`In state ${state}`, totalBatches)(1);
      await age(session, hours);
      states[state] = idOf(session);
    }
    for (const [state, id] of Object.entries(states)) {
      const found = await listed(`state=${state}`);
      expect([state, found.includes(id)]).toEqual([state, true]);
      const others = Object.values(states).filter((other) => other !== id);
      expect(found.filter((one) => others.includes(one))).toEqual([]);
      for (const one of found) expect((await read(`${service.origin}/sessions/${one}`)).state).toBe(state);
    }
    const metrics = await (await fetch(`${service.origin}/metrics`)).text();
    for (const state of ['receiving', 'expired', 'delivering', 'completed', 'completed-with-errors']) {
      expect(metrics).toContain(`audience_sessions{state="${state}"} ${(await listed(`state=${state}`)).length}\n`);
    }
    const refused = await get(`${service.origin}/sessions?state=lost`);
    expect([refused.status, refused.body.errors?.map(({ field }) => field)]).toEqual([400, ['state']]);
  });

  it('is of one name, type and session id: the same id elsewhere is another session', async () => {
    const sessionId = newSessionId();
    const send = (name: string, type: string) =>
      upload(service.origin, { name, type, batch: batchOf({ sessionId, totalBatches: 2 }), users: TWO_USERS });
    const answers = [await send('One', 'custom'), await send('One', 'primary'), await send('Two', 'custom')];
    expect(new Set(answers.map(({ headers }) => headers.get('location'))).size).toBe(3);
    expect(await listed(`sessionId=${sessionId}&state=receiving`)).toHaveLength(3);
    expect(await listed(`sessionId=${sessionId}&state=receiving&name=One&type=primary`)).toHaveLength(1);
  });
});
