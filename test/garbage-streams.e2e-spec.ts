import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { request } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { GarbageThrower } from './support/garbage.js';
import { BOUNDARY, goodParts, MULTIPART, rawForm, sendBytes } from './support/raw-form.js';
import { startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { eventually } from './support/upload.js';

const MB = 1_000_000;
const GB = 1_000 * MB;
const IDLE_MS = 2_000;
/** Above what the largest body costs when it is taken: its bytes, its text and its values. */
const MOST_GROWTH = 150 * MB;
const onLinux = process.platform === 'linux' ? it : it.skip;

const HEAD = 'POST /audience HTTP/1.1\r\nHost: x\r\n';
const FORM_HEAD = `${HEAD}Content-Type: ${MULTIPART}\r\n`;
const opening = (parameters: string) =>
  Buffer.concat([
    goodParts({ users: undefined }),
    Buffer.from(`--${BOUNDARY}\r\nContent-Disposition: form-data; ${parameters}\r\n\r\n`),
  ]);

interface Flooded {
  readonly status?: number;
  readonly type?: string;
  /** Bytes that went out before the answer came. */
  readonly sent: number;
}

/** Requests that never end or are larger than everything, at a process whose memory can be looked at. */
describe('a stream of garbage', () => {
  let ground: TestGround;
  let service: ServiceProcess;
  let garbage: GarbageThrower;

  beforeAll(async () => {
    ground = await startGround({
      LOG_LEVEL: 'info',
      MAX_BODY_BYTES: String(16 * MB),
      MAX_UPLOAD_BYTES: String(64 * MB),
      BODY_IDLE_TIMEOUT_MS: String(IDLE_MS),
    });
    service = await ServiceProcess.start(ground.env);
    garbage = new GarbageThrower(service.origin, ground.database);
  });
  afterAll(async () => {
    await service.stop();
    await ground.stop();
  });
  afterEach(() => garbage.goesOn());

  /** Sends as fast as it is taken, until the answer comes, and then goes away. */
  function flood(first: Buffer, size: number, headers: Readonly<Record<string, string>> = {}): Promise<Flooded> {
    return new Promise((resolve, reject) => {
      const options = { method: 'POST', headers: { 'content-type': MULTIPART, ...headers } };
      const call = request(`${service.origin}/audience`, options);
      const piece = Buffer.alloc(256 * 1024, ' ');
      let sent = 0;
      const feed = () => {
        while (sent < size && !call.destroyed) {
          sent += piece.length;
          if (!call.write(piece)) return;
        }
        if (!call.destroyed) call.end();
      };
      call.on('drain', feed);
      call.on('error', reject);
      call.on('response', (answer) => {
        const seen = { status: answer.statusCode, type: answer.headers['content-type'], sent };
        text(answer)
          .then(() => resolve(seen), reject)
          .finally(() => call.destroy());
      });
      call.write(first);
      feed();
    });
  }

  /** What `run` adds to the memory that the process has come to hold. */
  async function growth(run: () => Promise<void>): Promise<number> {
    const before = await service.memory();
    await service.forgetPeakMemory();
    await run();
    return (await service.peakMemory()) - before;
  }

  describe('of a gigabyte', () => {
    onLinux.each([
      ['that says so, in a field', 'name="users"', { 'content-length': String(GB) }, 8],
      ['that says so, in a file', 'name="users"; filename="x"', { 'content-length': String(GB) }, 8],
      ['in chunks, in a field', 'name="users"', {}, 32],
      ['in chunks, in a file', 'name="users"; filename="x"', {}, 32],
      ['in chunks, in a plain file', 'name="users"\r\nContent-Type: application/octet-stream', {}, 32],
      ['in chunks, in a part that nobody asked for', 'name="other"', {}, 32],
      ['in chunks, in the headers of a part', 'name="users"\r\nX-More: ', {}, 32],
    ])('%s is refused early, and is not kept', async (_, parameters, headers, mostSent) => {
      const first = parameters.endsWith('X-More: ') ? opening(parameters).subarray(0, -4) : opening(parameters);
      const grown = await growth(async () => {
        const { status, type, sent } = await flood(first, GB, headers);
        expect([status, type]).toEqual([413, 'application/problem+json; charset=utf-8']);
        expect(sent).toBeLessThan(mostSent * MB);
      });
      expect(grown).toBeLessThan(MOST_GROWTH);
    });

    onLinux('coming four times at once is refused four times', async () => {
      const grown = await growth(async () => {
        const answers = await Promise.all([1, 2, 3, 4].map(() => flood(opening('name="users"'), GB)));
        expect(answers.map(({ status }) => status)).toEqual([413, 413, 413, 413]);
      });
      expect(grown).toBeLessThan(2 * MOST_GROWTH);
    });
  });

  describe('as large as a body may be', () => {
    onLinux.each([
      ['deep arrays', '['.repeat(15 * MB)],
      ['empty objects', `[${'{},'.repeat(5 * MB)}{}]`],
      ['numbers', `[${'1,'.repeat(7 * MB)}1]`],
      ['values within one user', `[{"more":[${'[],'.repeat(5 * MB)}1]}]`],
      ['a text that does not end', `["${'x'.repeat(15 * MB)}`],
      ['backslashes', `["${'\\\\'.repeat(7 * MB)}`],
      ['line ends', `${'\n'.repeat(15 * MB)}x`],
    ])('made of %s is refused, without much more memory than it has bytes', async (_, users) => {
      const grown = await growth(async () => {
        await garbage.refused(rawForm(goodParts({ users })), { status: 400, field: 'users' });
      });
      expect(grown).toBeLessThan(MOST_GROWTH);
    });
  });

  describe('that stops coming', () => {
    it.each([
      ['before its first byte', ''],
      ['in the headers of a part', `--${BOUNDARY}\r\nContent-Dis`],
      ['in a value', goodParts().subarray(0, -20).toString()],
      ['before its end', goodParts().toString()],
      ['behind its end', rawForm(goodParts()).toString()],
    ])('%s is 408, and the connection ends', async (_, begun) => {
      const startedAt = Date.now();
      const answer = await sendBytes(service.origin, `${FORM_HEAD}Content-Length: 10000\r\n\r\n${begun}`, false);
      expect(answer).toMatch(/^HTTP\/1\.1 408 /);
      expect(answer).toMatch(/content-type: application\/problem\+json/i);
      expect(answer).toMatch(/connection: close/i);
      expect(answer).toContain('"code":"request-timeout"');
      expect(Date.now() - startedAt).toBeGreaterThanOrEqual(IDLE_MS - 50);
    });

    it('keeps nobody else waiting, a hundred times at once', async () => {
      const bytes = `${FORM_HEAD}Transfer-Encoding: chunked\r\n\r\n5\r\n--edg`;
      const waiting = Array.from({ length: 100 }, () => sendBytes(service.origin, bytes, false));
      await garbage.goesOn();
      const answers = await Promise.all(waiting);
      expect(answers.filter((answer) => !answer.startsWith('HTTP/1.1 408 '))).toEqual([]);
    });

    it('and goes on in time is taken, however often it stops', async () => {
      const body = rawForm(goodParts());
      const socket = connect(Number(new URL(service.origin).port), '127.0.0.1');
      const answer = text(socket);
      socket.write(`${FORM_HEAD}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`);
      const pieces = 6;
      for (let piece = 0; piece < pieces; piece++) {
        await new Promise((pause) => setTimeout(pause, IDLE_MS / 4));
        socket.write(body.subarray((piece * body.length) / pieces, ((piece + 1) * body.length) / pieces));
      }
      expect(await answer).toMatch(/^HTTP\/1\.1 200 /);
      garbage.alsoAccepted();
    });
  });

  describe('whose connection is cut', () => {
    it.each([
      ['at once', ''],
      ['in the headers', HEAD.slice(0, -3)],
      ['behind the headers', `${FORM_HEAD}Content-Length: 10000\r\n\r\n`],
      ['in a part', `${FORM_HEAD}Content-Length: 10000\r\n\r\n${goodParts().toString().slice(0, 150)}`],
      ['behind all parts', `${FORM_HEAD}Content-Length: 10000\r\n\r\n${goodParts().toString()}`],
      ['in a chunk', `${FORM_HEAD}Transfer-Encoding: chunked\r\n\r\n500\r\n${goodParts().toString().slice(0, 100)}`],
    ])('%s stores nothing and is no fault of ours', async (_, bytes) => {
      const logged = service.log.length;
      for (let time = 0; time < 5; time++) {
        await new Promise<void>((cut) => {
          const socket = connect(Number(new URL(service.origin).port), '127.0.0.1', () => {
            socket.write(bytes, () => socket.resetAndDestroy());
          });
          socket.on('error', () => undefined);
          socket.on('close', () => cut());
        });
      }
      await garbage.goesOn();
      expect(service.log.slice(logged)).not.toMatch(/"level":(50|60)/);
    });
  });

  describe('that is no HTTP', () => {
    it.each([
      ['nonsense', 'nonsense\r\n\r\n', 400],
      ['a TLS handshake', '\x16\x03\x01\x02\x00\x01\x00', 400],
      ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400],
      ['two lengths', `${FORM_HEAD}Content-Length: 1\r\nContent-Length: 2\r\n\r\nx`, 400],
      ['a length and chunks', `${FORM_HEAD}Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400],
      ['a length below zero', `${FORM_HEAD}Content-Length: -1\r\n\r\n`, 400],
      ['a chunk of no size', `${FORM_HEAD}Transfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
      ['3,000 headers', `${HEAD}${'X-More: y\r\n'.repeat(3_000)}\r\n`, 431],
      ['a header of 20 kB', `${HEAD}X-More: ${'y'.repeat(20_000)}\r\n\r\n`, 431],
      ['an address of 20 kB', `GET /${'y'.repeat(20_000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ])('is answered all the same: %s', async (_, bytes, status) => {
      const answer = await sendBytes(service.origin, bytes);
      expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
      expect(answer).toContain('Content-Type: application/problem+json');
      expect(answer).toContain('"success":false');
    });

    it('says nothing of a user in the log, nor of a promise that nobody looked after', async () => {
      const half = goodParts().toString().slice(0, -40);
      await sendBytes(service.origin, `${FORM_HEAD}Transfer-Encoding: chunked\r\n\r\nfff\r\n${half}`);
      await sendBytes(service.origin, `POST /audience?email=ada@example.com HTTP/1.1\r\nada@example.com\r\n\r\n`);
      await garbage.refused(rawForm(goodParts({ users: '["ada@example.com",]' })), { status: 400, field: 'users' });
      await eventually(
        () => Promise.resolve(service.log),
        (log) => log.includes('Batch stored'),
      );
      expect(service.log).not.toMatch(/example\.com|unhandled|uncaught/i);
    });
  });
});
