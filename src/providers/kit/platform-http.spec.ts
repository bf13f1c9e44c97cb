import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { NestFactory } from '@nestjs/core';
import { type INestApplicationContext } from '@nestjs/common';
import { PlatformUnavailableError } from '../contract/provider-errors.js';
import { PlatformHttp, type PlatformCall } from './platform-http.js';
import { ProviderKitModule } from './provider-kit.module.js';

describe('PlatformHttp', () => {
  let app: INestApplicationContext;
  let http: PlatformHttp;
  let server: Server;
  let base: string;
  let answer: RequestListener;
  let sent: { method?: string; url?: string; headers: IncomingMessage['headers']; body: string; port?: number }[];

  beforeEach(async () => {
    sent = [];
    answer = (_, response) => response.end('{"ok":true}');
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const { method, url, headers, socket } = request;
        sent.push({ method, url, headers, body: Buffer.concat(chunks).toString(), port: socket.remotePort });
        answer(request, response);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    app = await NestFactory.createApplicationContext(ProviderKitModule, { logger: false });
    http = app.get(PlatformHttp);
  });

  afterEach(async () => {
    await app.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function failure(request: Parameters<PlatformHttp['request']>[0]): Promise<Error> {
    return http.request(request).then(
      () => Promise.reject(new Error('answered')),
      (error: Error) => error,
    );
  }

  it('sends an object as JSON and reads JSON, whatever the content type says', async () => {
    answer = (_, response) =>
      response.writeHead(201, { 'Content-Type': 'text/javascript', 'X-A': 'b' }).end('{"id":"7"}');
    const got = await http.request({ method: 'POST', url: `${base}/a`, body: { name: 'é' }, headers: { 'x-me': '1' } });

    expect(got).toMatchObject({ status: 201, headers: { 'x-a': 'b' }, body: { id: '7' } });
    expect(sent[0]).toMatchObject({ method: 'POST', url: '/a', body: '{"name":"é"}' });
    expect(sent[0]?.headers).toMatchObject({
      'content-type': 'application/json',
      'content-length': '13',
      'user-agent': 'audience-api',
      'x-me': '1',
    });
  });

  it('sends a form, and a buffer as it is', async () => {
    await http.request({ method: 'POST', url: base, body: new URLSearchParams({ a: 'b c' }) });
    const headers = { 'content-type': 'text/csv' };
    await http.request({ method: 'DELETE', url: base, body: Buffer.from('x,y'), headers });

    expect(sent.map((request) => [request.headers['content-type'], request.body])).toEqual([
      ['application/x-www-form-urlencoded', 'a=b+c'],
      ['text/csv', 'x,y'],
    ]);
  });

  it('encodes the query and leaves undefined out', async () => {
    await http.request({ method: 'GET', url: `${base}/a`, query: { q: 'a&b=ü', n: 1, no: undefined } });
    expect(sent[0]?.url).toBe('/a?q=a%26b%3D%C3%BC&n=1');
    expect(sent[0]?.headers['content-type']).toBeUndefined();
  });

  it.each([
    [500, '<html>no</html>', '<html>no</html>'],
    [404, '', ''],
    [200, '"text"', 'text'],
  ])('hands HTTP %i with body %j on', async (status, body, expected) => {
    answer = (_, response) => response.writeHead(status, { 'content-type': 'text/html' }).end(body);
    await expect(http.request({ method: 'GET', url: base })).resolves.toMatchObject({ status, body: expected });
  });

  it('keeps every digit of a bare id', async () => {
    const text =
      '{"id":7170000000000000001,"small":100008357,"text":"7170000000000000001","big":1e30,"list":[-9007199254740993]}';
    answer = (_, response) => response.end(text);
    const { body } = await http.request({ method: 'GET', url: base });
    expect(body).toEqual({
      id: '7170000000000000001',
      small: 100008357,
      text: '7170000000000000001',
      big: 1e30,
      list: ['-9007199254740993'],
    });
  });

  it('unpacks a compressed answer', async () => {
    answer = (_, response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('{"a":1}'));
    await expect(http.request({ method: 'GET', url: base })).resolves.toMatchObject({ body: { a: 1 } });
  });

  it('does not follow redirects', async () => {
    answer = (_, response) => response.writeHead(302, { location: '/elsewhere' }).end();
    const got = await http.request({ method: 'GET', url: base });
    expect(got.status).toBe(302);
    expect(sent).toHaveLength(1);
  });

  it('uses one connection again', async () => {
    await http.request({ method: 'GET', url: base });
    await http.request({ method: 'GET', url: base });
    expect(sent[0]?.port).toBe(sent[1]?.port);
  });

  it('ignores a proxy of the environment', async () => {
    process.env['HTTP_PROXY'] = 'http://127.0.0.1:9';
    try {
      await expect(http.request({ method: 'GET', url: base })).resolves.toMatchObject({ status: 200 });
    } finally {
      delete process.env['HTTP_PROXY'];
    }
  });

  describe('without an answer', () => {
    const request = (url: string, timeoutMs = 30_000) => ({
      method: 'GET' as const,
      url,
      query: { key: 'hush-query' },
      headers: { authorization: 'Bearer hush-header' },
      timeoutMs,
    });

    it.each<[string, () => RequestListener, RegExp, number]>([
      ['silence', () => () => undefined, /^127\.0\.0\.1:\d+ did not answer within 150 ms$/, 150],
      ['a trickle', () => trickle, /did not answer within 150 ms$/, 150],
      [
        'a dropped connection',
        () => (_, response) => response.destroy(),
        /could not be reached \(ECONNRESET\)$/,
        30_000,
      ],
      ['half an answer', () => halfAnswer, /could not be reached|cannot be read/, 30_000],
      [
        'an endless answer',
        () => (_, response) => response.end(Buffer.alloc(9 * 1024 * 1024)),
        /cannot be read$/,
        30_000,
      ],
    ])('turns %s into a safe error', async (_, listener, words, timeoutMs) => {
      answer = listener();
      const error = await failure(request(base, timeoutMs));

      expect(error).toBeInstanceOf(PlatformUnavailableError);
      expect(error.message).toMatch(words);
      expect(error.cause).toBeUndefined();
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');
    });

    it('turns a closed port into a safe error', async () => {
      const error = await failure(request('http://127.0.0.1:1'));
      expect(error).toBeInstanceOf(PlatformUnavailableError);
      expect(error.message).toBe('127.0.0.1:1 could not be reached (ECONNREFUSED)');
    });

    it('stops when told to', async () => {
      const controller = new AbortController();
      answer = () => controller.abort();
      const error = await failure({ method: 'GET', url: base, signal: controller.signal });

      expect(error).toBeInstanceOf(PlatformUnavailableError);
      expect(error.message).toContain('the call was stopped');
    });

    it('sends nothing when stopped before', async () => {
      const error = await failure({ method: 'GET', url: base, signal: AbortSignal.abort() });
      expect(error.message).toContain('the call was stopped');
      expect(sent).toEqual([]);
    });
  });

  it('tells its listeners of each call, answered or not, without values', async () => {
    const calls: PlatformCall[] = [];
    const forget = http.onCall((call) => calls.push(call));
    await http.request({ method: 'GET', url: `${base}/v1/77`, query: { secret: 'x' }, pathTemplate: '/v1/{id}' });
    answer = (_, response) => response.destroy();
    await failure({ method: 'POST', url: `${base}/v1/77`, body: { a: 1 } });
    forget();
    await failure({ method: 'POST', url: base });

    const host = base.slice('http://'.length);
    expect(calls).toEqual([
      { method: 'GET', host, pathTemplate: '/v1/{id}', status: 200, ms: expect.any(Number) },
      { method: 'POST', host, pathTemplate: undefined, status: undefined, ms: expect.any(Number) },
    ]);
  });
});

const trickle: RequestListener = (_, response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
};

const halfAnswer: RequestListener = (_, response) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"a"', () => response.destroy());
};
