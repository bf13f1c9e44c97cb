import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startGround, type TestGround, TWO_USERS } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, type TestAnswer, type TestUpload, upload } from './support/upload.js';

type Line = Record<string, unknown> & { readonly msg?: string; readonly req?: Record<string, unknown> };

/** What a real process prints, line by line. */
describe('the log', () => {
  let ground: TestGround;
  let service: ServiceProcess;

  beforeAll(async () => {
    ground = await startGround({ LOG_LEVEL: 'info' });
    service = await ServiceProcess.start(ground.env);
  });
  afterAll(async () => {
    await service.stop();
    await ground.stop();
  });

  const send = (test: TestUpload): Promise<TestAnswer> =>
    upload(service.origin, { name: 'Logged', users: TWO_USERS, ...test });

  /** The lines that speak of a request, once there are so many. */
  const linesOf = (requestId: string, count: number): Promise<Line[]> =>
    eventually(
      () => Promise.resolve(parsed().filter((line) => line.requestId === requestId || line.req?.id === requestId)),
      (lines) => lines.length >= count,
    );

  /** Every line, the last unless it is whole. */
  function parsed(): Line[] {
    const lines = service.log.split('\n').slice(0, -1);
    return lines.filter((line) => line !== '').map((line) => JSON.parse(line) as Line);
  }

  it('is one JSON object a line, each with its time, level and words', async () => {
    await send({ batch: batchOf() });
    const lines = await eventually(
      () => Promise.resolve(parsed()),
      (seen) => seen.some(({ msg }) => msg === 'Batch stored'),
    );
    for (const line of lines) {
      expect(line).toMatchObject({ level: expect.any(Number), time: expect.any(Number), msg: expect.any(String) });
    }
  });

  it('tells of a stored batch its audience, type, session, sequence, users and request', async () => {
    const batch = batchOf({ sequence: 2, totalBatches: 3, totalUsers: 6 });
    const headers = { 'x-request-id': 'nightly-run.42' };
    const answer = await send({ type: 'primary', batch, headers });
    expect(answer.status).toBe(200);
    const [stored] = (await linesOf('nightly-run.42', 2)).filter(({ msg }) => msg === 'Batch stored');
    expect(stored).toMatchObject({
      audience: 'Logged',
      type: 'primary',
      sessionId: batch.sessionId,
      sequence: 2,
      users: 2,
      session: answer.headers.get('location')?.replace('/sessions/', ''),
      requestId: 'nightly-run.42',
      req: { id: 'nightly-run.42', method: 'POST', path: '/audience' },
    });
    const rows = await ground.database.query(`select id, request_id from batches where sequence = 2`);
    expect(rows).toEqual([{ id: stored?.batch, request_id: 'nightly-run.42' }]);
  });

  it('gives a call without an id one of its own, the same in the answer, the log and the database', async () => {
    const answer = await send({ batch: batchOf({ sequence: 0 }) });
    const id = answer.headers.get('x-request-id')!;
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
    const lines = await linesOf(id, 2);
    expect(lines.map(({ msg }) => msg)).toEqual(expect.arrayContaining(['Batch stored', 'request completed']));
    expect(await ground.database.query(`select request_id from batches where sequence = 0`)).toEqual([
      { request_id: id },
    ]);
  });

  it('tells a repeated batch from a stored one, and keeps the id of the call that stored it', async () => {
    const test = { name: 'Logged twice', batch: batchOf({ sequence: 1 }) };
    await send({ ...test, headers: { 'x-request-id': 'first' } });
    await send({ ...test, headers: { 'x-request-id': 'again' } });
    const [again] = (await linesOf('again', 2)).filter(({ requestId }) => requestId === 'again');
    const [first] = (await linesOf('first', 2)).filter(({ requestId }) => requestId === 'first');
    expect([first?.msg, again?.msg]).toEqual(['Batch stored', 'Batch received again']);
    expect(again?.batch).toBe(first?.batch);
    const [row] = await ground.database.query(`select request_id from batches where id = '${String(first?.batch)}'`);
    expect(row).toEqual({ request_id: 'first' });
  });

  it('tells of a refused call its status and id, and neither its query nor its body', async () => {
    const headers = { 'x-request-id': 'refused-1' };
    const users = [{ email: ['ada@example.com'] }];
    expect((await send({ batch: batchOf(), users, headers, query: 'channels=ada' })).status).toBe(400);
    const [line] = await linesOf('refused-1', 1);
    expect(line).toMatchObject({ res: { statusCode: 400 }, req: { path: '/audience' } });
    expect(service.log).not.toMatch(/example\.com|channels=/);
  });
});
