import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { digest, people, refusal, SpecGraphClient } from '../spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox({ facebook: { populationDelayMs: 60_000, matchRate: 1, replaceSizeCap: 500 } });
  graph = new SpecGraphClient(sandbox);
  id = await graph.audience();
  await graph.add(id, ['EMAIL'], people(200));
  sandbox.facebook.advanceClock(60_000);
});
afterEach(() => sandbox.stop());

const batch = (batch_seq: number, last_batch_flag = false, session_id = 9) => ({
  session_id,
  batch_seq,
  last_batch_flag,
});
const count = () => sandbox.facebook.audiences()[0]?.memberCount;
const operation = () => sandbox.facebook.audiences()[0]?.details['operationStatus'];
const send = (session: object, from = 0, size = 10) => graph.replace(id, session, people(size, from));

describe('replacing all members', () => {
  it('swaps the list when the last batch is in', async () => {
    const first = await send(batch(1), 1000);
    expect([first.status, first.body]).toEqual([
      200,
      { audience_id: id, session_id: '9', num_received: 10, num_invalid_entries: 0, invalid_entry_samples: {} },
    ]);
    expect([operation(), count()]).toEqual([414, 200]);
    await send(batch(7), 1010);
    expect((await send(batch(7, true), 1020)).body['num_received']).toBe(30);
    expect([operation(), count()]).toEqual([414, 200]);
    sandbox.facebook.advanceClock(60_000);
    expect([operation(), count()]).toEqual([200, 30]);
    expect(refusal(await send(batch(8), 1030))).toEqual([400, 2650, 1870159]);
  });

  it('lets no other change happen meanwhile', async () => {
    await send(batch(1));
    expect(refusal(await graph.add(id, ['EMAIL'], people(1)))).toEqual([400, 2650, 1870145]);
    expect(refusal(await graph.remove(id, ['EMAIL'], people(1)))).toEqual([400, 2650, 1870145]);
    expect(refusal(await send(batch(1, false, 10)))).toEqual([400, 2650, 1870145]);
    expect(refusal(await send(batch(1)))).toEqual([400, 2650, 1870145]);
  });

  it('needs session, payload, first batch and normal status', async () => {
    const payload = { schema: ['EMAIL'], data: people(1) };
    expect(refusal(await graph.call('POST', `${id}/usersreplace`, { payload }))).toEqual([400, 100, undefined]);
    expect(refusal(await graph.call('POST', `${id}/usersreplace`, { session: batch(1) }))).toEqual([
      400,
      100,
      undefined,
    ]);
    expect(refusal(await send(batch(2)))).toEqual([400, 2650, 1870147]);
    await graph.add(id, ['EMAIL'], people(1));
    expect(refusal(await send(batch(1)))).toEqual([400, 2650, 1870145]);
    const unfilled = await graph.audience();
    expect(refusal(await graph.replace(unfilled, batch(1, false, 5), people(1)))).toEqual([400, 2650, 1870145]);
    expect(count()).toBe(200);
  });

  it('keeps one schema, and values where they belong', async () => {
    await send(batch(1));
    const other = await graph.replace(id, batch(2), [[digest('1')]], ['PHONE']);
    expect(refusal(other)).toEqual([400, 2650, undefined]);
    const valued = await graph.replace(id, batch(2), [[digest('1'), 1]], ['EMAIL', 'LOOKALIKE_VALUE']);
    expect(refusal(valued)).toEqual([400, 2650, undefined]);
  });

  it('closes after 90 minutes with what has arrived', async () => {
    await send(batch(1), 1000);
    sandbox.facebook.advanceClock(91 * 60_000);
    expect(refusal(await send(batch(2), 1010))).toEqual([400, 2650, 1870158]);
    expect([operation(), count()]).toEqual([200, 10]);
  });

  it('refuses audiences that are too large', async () => {
    await graph.add(id, ['EMAIL'], people(500));
    sandbox.facebook.advanceClock(60_000);
    expect(refusal(await send(batch(1)))).toEqual([400, 2650, 1870144]);
  });

  it('can fail, keeps the members then, and may be repeated', async () => {
    sandbox.facebook.patchAudience(id, { failReplace: true });
    await send(batch(1, true), 1000);
    sandbox.facebook.advanceClock(60_000);
    expect([operation(), count()]).toEqual([415, 200]);
    expect((await send(batch(1, true, 10), 1000)).status).toBe(200);
    sandbox.facebook.advanceClock(60_000);
    expect([operation(), count()]).toEqual([200, 10]);
  });
});
