import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { answerBrokenRequests } from './broken-requests.js';

/** Node looks at its clocks this often, and gives a request this long. */
const SHORT_MS = 100;

describe('answerBrokenRequests', () => {
  let server: Server;
  let socket: Socket;

  beforeEach(async () => {
    const clocks = { connectionsCheckingInterval: SHORT_MS, headersTimeout: SHORT_MS, requestTimeout: 2 * SHORT_MS };
    server = createServer(clocks, (req, res) => {
      if (req.url === '/begins') res.write('half');
      else if (req.url !== '/waits') res.end('fine');
    });
    answerBrokenRequests(server);
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
    socket.on('error', () => undefined);
  });

  afterEach(async () => {
    socket.destroy();
    await new Promise((closed) => server.close(closed));
  });

  /** The answer to these bytes, once the server has ended the connection. */
  async function answerTo(bytes: string) {
    socket.write(bytes, 'latin1');
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    const [first = '', ...headers] = head.split('\r\n');
    return { status: Number(first.split(' ')[1]), headers, body: JSON.parse(body) as Record<string, unknown> };
  }

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400, 'bad-request'],
    ['the beginning of TLS', '\x16\x03\x01\x02\x00\x01', 400, 'bad-request'],
    ['a NUL in a header', 'GET / HTTP/1.1\r\nHost: x\r\nX: a\0b\r\n\r\n', 400, 'bad-request'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n', 400, 'bad-request'],
    ['too long a header', `GET / HTTP/1.1\r\nX: ${'y'.repeat(20_000)}\r\n\r\n`, 431, 'headers-too-large'],
    ['too many headers', `GET / HTTP/1.1\r\n${'X: y\r\n'.repeat(10_000)}\r\n`, 431, 'headers-too-large'],
    ['too long an address', `GET /${'y'.repeat(20_000)} HTTP/1.1\r\n\r\n`, 431, 'headers-too-large'],
    ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\nX: y', 408, 'request-timeout'],
    ['a body that never ends', 'POST /waits HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nx', 408, 'request-timeout'],
    ['an expectation', 'GET / HTTP/1.1\r\nHost: x\r\nExpect: much\r\n\r\n', 417, 'expectation-failed'],
  ])('answers %s', async (_, bytes, status, code) => {
    const answer = await answerTo(bytes);
    expect(answer).toMatchObject({ status, body: { status, code, success: false } });
    expect(answer.body.detail).toMatch(/\w{3}/);
    expect(answer.body.requestId).toMatch(/^[0-9a-f-]{36}$/);
    expect(answer.headers.join('\n')).toMatch(/Content-Type: application\/problem\+json/);
  });

  it('answers broken chunks of a body instead of the application', async () => {
    const head = 'POST /waits HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n';
    expect(await answerTo(`${head}zz\r\n`)).toMatchObject({ status: 400, body: { code: 'bad-request' } });
  });

  it('answers nonsense behind a request that was answered', async () => {
    socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((answered) => socket.once('data', answered));
    expect(await answerTo('nonsense\r\n\r\n')).toMatchObject({ status: 400 });
  });

  it('does not write into an answer that has begun', async () => {
    socket.write('POST /begins HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n');
    const heard = await text(socket);
    expect(heard).not.toContain('bad-request');
  });

  it('goes on with others', async () => {
    await answerTo('nonsense\r\n\r\n');
    const answer = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}`);
    expect(await answer.text()).toBe('fine');
  });
});
