import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import type { AppConfig } from '../../../config/config.js';
import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { WebhookSender as Sender } from './webhook-sender.js';

/** What the name of the receiver leads to. */
let addresses: { address: string; family: number }[] = [];
jest.unstable_mockModule('node:dns', () => ({
  lookup: (_host: string, _options: object, answer: (error: null, found: typeof addresses) => void) =>
    answer(null, addresses),
}));
const { WebhookSender } = await import('./webhook-sender.js');

describe('WebhookSender', () => {
  let server: Server;
  let connections: number;
  let answer: string;
  let sender: Sender;

  beforeEach(async () => {
    connections = 0;
    answer = 'HTTP/1.1 204 No Content\r\n\r\n';
    server = createServer((socket) => {
      connections += 1;
      socket.on('error', () => undefined);
      socket.once('data', () => socket.write(answer));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => {
    sender.onApplicationShutdown();
    server.close();
  });

  const port = () => (server.address() as AddressInfo).port;
  const send = (url: string, webhookAllowPrivate: boolean, stop = new AbortController().signal) => {
    sender = new WebhookSender(new HttpService(), { webhookAllowPrivate } as AppConfig);
    return sender.send({ url, headers: { 'webhook-id': '1' }, body: '{}' }, stop);
  };

  it.each([
    [[{ address: '127.0.0.1', family: 4 }]],
    [[{ address: '::ffff:127.0.0.1', family: 6 }]],
    [
      [
        { address: '8.8.8.8', family: 4 },
        { address: '127.0.0.1', family: 4 },
      ],
    ],
    [[{ address: '169.254.169.254', family: 4 }]],
  ])('connects to nothing when a good name leads to %j', async (found) => {
    addresses = found;
    expect(await send(`https://hooks.example.com:${port()}/`, false)).toEqual({ error: 'address-refused' });
    expect(connections).toBe(0);
  });

  it('connects there where inner addresses are allowed', async () => {
    expect(await send(`http://127.0.0.1:${port()}/`, true)).toEqual({ statusCode: 204 });
    expect(connections).toBe(1);
  });

  it('takes the status of an answer without end, and leaves the rest', async () => {
    answer = `HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n${'x'.repeat(100_000)}`;
    expect(await send(`http://127.0.0.1:${port()}/`, true)).toEqual({ statusCode: 200 });
  });

  it.each([
    ['HTTP/1.1 301 Moved\r\nLocation: /x\r\nContent-Length: 0\r\n\r\n', { statusCode: 301, error: 'redirect' }],
    ['HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n', { statusCode: 410, error: 'gone' }],
    [
      'HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n',
      { statusCode: 503, error: 'http-status', retryAfterMs: 7_000 },
    ],
    ['nonsense\r\n\r\n', { error: 'connection-failed' }],
  ])('reads %j', async (text, result) => {
    answer = text;
    expect(await send(`http://127.0.0.1:${port()}/`, true)).toEqual(result);
  });

  it('says that nobody listens, or that TLS cannot be had', async () => {
    const free = port();
    expect(await send(`https://127.0.0.1:${free}/`, true)).toEqual({ error: 'tls-failed' });
    sender.onApplicationShutdown();
    server.close();
    expect(await send(`http://127.0.0.1:${free}/`, true)).toEqual({ error: 'connection-failed' });
  });

  it('ends an attempt at shutdown', async () => {
    answer = '';
    const stop = new AbortController();
    const sending = send(`http://127.0.0.1:${port()}/`, true, stop.signal);
    await once(server, 'connection');
    stop.abort();
    expect(await sending).toEqual({ error: 'interrupted' });
  });
});
