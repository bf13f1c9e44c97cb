import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { people, refusal, SpecGraphClient } from '../spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;
let id: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  graph = new SpecGraphClient(sandbox);
  id = await graph.audience();
});
afterEach(() => sandbox.stop());

const count = () => sandbox.facebook.audiences()[0]?.memberCount;
const send = async (session: object, from: number) => (await graph.add(id, ['EMAIL'], people(10, from), session)).body;

describe('upload sessions', () => {
  it('count what they received in all', async () => {
    const session = { session_id: 4503599627370001, estimated_num_total: 20 };
    expect(await send({ ...session, batch_seq: 2, last_batch_flag: false }, 0)).toMatchObject({
      session_id: '4503599627370001',
      num_received: 10,
    });
    expect(await send({ ...session, batch_seq: 1, last_batch_flag: true }, 10)).toMatchObject({ num_received: 20 });
    expect(count()).toBe(20);
  });

  it('drop what comes after the last flag, without an error', async () => {
    await send({ session_id: 1, batch_seq: 1, last_batch_flag: true }, 0);
    expect(await send({ session_id: 1, batch_seq: 2 }, 10)).toMatchObject({ num_received: 10, num_invalid_entries: 0 });
    expect(count()).toBe(10);
  });

  it('close after 90 minutes', async () => {
    await send({ session_id: 1, batch_seq: 1 }, 0);
    sandbox.facebook.advanceClock(89 * 60_000);
    await send({ session_id: 1, batch_seq: 2 }, 10);
    expect(count()).toBe(20);
    sandbox.facebook.advanceClock(2 * 60_000);
    await send({ session_id: 1, batch_seq: 3 }, 20);
    expect(count()).toBe(20);
  });

  it('show all their values as texts', async () => {
    await send({ session_id: 7, batch_seq: 1 }, 0);
    const { body } = await graph.call('GET', `${id}/sessions?session_id=7`);
    expect(body).toEqual({
      data: [
        {
          session_id: '7',
          start_time: expect.stringMatching(/^\d{10}$/),
          end_time: '0',
          num_received: '10',
          num_matched: '-1',
          num_invalid_entries: '0',
          progress: '0',
          stage: 'uploading',
        },
      ],
      paging: {},
    });
    expect((await graph.call('GET', `${id}/sessions?session_id=8`)).body['data']).toEqual([]);
  });

  it('belong to one audience of the account', async () => {
    await send({ session_id: 1, batch_seq: 1 }, 0);
    const other = await graph.audience();
    expect(refusal(await graph.add(other, ['EMAIL'], people(1), { session_id: 1, batch_seq: 1 }))).toEqual([
      400,
      100,
      undefined,
    ]);
    const foreign = await graph.audience({}, '2');
    expect((await graph.add(foreign, ['EMAIL'], people(1), { session_id: 1, batch_seq: 1 })).status).toBe(200);
  });

  it.each([
    [{}],
    [{ session_id: 0 }],
    [{ session_id: 1.5 }],
    [{ session_id: 'abc' }],
    [{ session_id: 9007199254740993 }],
    [{ session_id: '9223372036854775808' }],
    [{ session_id: 1, batch_seq: 0 }],
    [{ session_id: 1, batch_seq: 'first' }],
    [{ session_id: 1, last_batch_flag: 'no' }],
  ])('refuse %j', async (session) => {
    expect(refusal(await graph.add(id, ['EMAIL'], people(1), session))).toEqual([400, 100, undefined]);
    expect(count()).toBe(0);
  });

  it('may have the largest number as text', async () => {
    const answer = await send({ session_id: '9223372036854775807', batch_seq: 1 }, 0);
    expect(answer).toMatchObject({ session_id: '9223372036854775807' });
  });
});
