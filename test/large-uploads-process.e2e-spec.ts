import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { ServiceProcess } from './support/service-process.js';
import { manyUsers, startGround, type TestGround } from './support/service.js';
import { batchOf, newSessionId, untilState, upload } from './support/upload.js';

const MB = 1_000_000;
const SLICE = 10_000;
const SLICES = 40;
/** A file of 80 MB takes no more, and as much is what one of 20 MB takes: some slices, and what was not collected yet. */
const MOST_GROWTH = 200 * MB;
const onLinux = process.platform === 'linux' ? it : it.skip;

/** The built service, whose threads load what was built. */
describe('large uploads to a process', () => {
  let ground: TestGround;
  let service: ServiceProcess;

  beforeAll(async () => {
    ground = await startGround({ LOG_LEVEL: 'info', ROLE: 'api' });
    service = await ServiceProcess.start(ground.env);
  });
  afterAll(async () => {
    await service.stop();
    await ground.stop();
  });

  /** Sends slices of users as one file, as fast as they are taken. */
  async function stream(name: string, batch: object): Promise<number> {
    const call = request(`${service.origin}/audience`, {
      method: 'POST',
      headers: { 'content-type': 'multipart/form-data; boundary=edge' },
    });
    const answered = new Promise<number>((resolve, reject) => {
      call.on('error', reject);
      call.on('response', (answer) => void text(answer).then(() => resolve(answer.statusCode ?? 0), reject));
    });
    const opening = (part: string) => `--edge\r\nContent-Disposition: form-data; name=${part}\r\n\r\n`;
    call.write(`${opening('"users"; filename="u.ndjson"')}`);
    for (let slice = 0; slice < SLICES; slice++) {
      const users = manyUsers(SLICE, `${name}-${slice}`).map((user) => ({ ...user, more: 'x'.repeat(150) }));
      const lines = users.map((user) => `${JSON.stringify(user)}\n`).join('');
      if (!call.write(lines)) await new Promise((resolve) => call.once('drain', resolve));
    }
    call.end(`\r\n${opening('"name"')}${name}\r\n${opening('"batch"')}${JSON.stringify(batch)}\r\n--edge--\r\n`);
    return answered;
  }

  onLinux('are stored as they come, and take no more memory than a part of them', async () => {
    const before = await service.memory();
    await service.forgetPeakMemory();
    expect(await stream('Streamed', batchOf({ totalUsers: SLICE * SLICES }))).toBe(200);
    expect((await service.peakMemory()) - before).toBeLessThan(MOST_GROWTH);
    const rows = await ground.database.query(
      `select part, first_user, user_count from batches where sequence = 1 order by part`,
    );
    const parts = Array.from({ length: SLICES }, (_, part) => ({ part, first_user: part * SLICE, user_count: SLICE }));
    expect(rows).toEqual(parts);
  });

  it('are worked on in threads, known again and told in no log', async () => {
    const users = manyUsers(20_000, 'secret-person');
    const test = { name: 'Threads', batch: batchOf({ sessionId: newSessionId() }), users };
    const sent = await Promise.all(
      [test, { ...test, name: 'Others', asFiles: true }].map((each) => upload(service.origin, each)),
    );
    expect(sent.map(({ status }) => status)).toEqual([200, 200]);
    const again = await upload(service.origin, { ...test, asFiles: true });
    expect([again.status, again.headers.get('idempotent-replay')]).toEqual([200, 'true']);
    const wrong = await upload(service.origin, { ...test, users: [...users, { email: 7 }] });
    expect([wrong.status, wrong.body.errors]).toEqual([
      400,
      [{ field: 'users[20000].email', message: 'must be a string' }],
    ]);
    await untilState(service.origin + sent[0]!.headers.get('location')!, 'delivering');
    expect(service.log).not.toContain('secret-person');
  });
});
