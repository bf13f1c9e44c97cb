import { once } from 'node:events';
import { Agent, createServer, type IncomingMessage, request, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { limitUnreadBody } from './unread-body.js';

describe('limitUnreadBody', () => {
  let server: Server;
  let agent: Agent;

  beforeEach(async () => {
    agent = new Agent({ keepAlive: true });
    server = createServer((req, res) => {
      limitUnreadBody(req, 20);
      res.writeHead(401).end('no');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    agent.destroy();
    server.closeAllConnections();
    server.close();
  });

  function call() {
    const { port } = server.address() as AddressInfo;
    return request({ port, method: 'POST', agent });
  }

  it('ends the connection of a caller who goes on sending', async () => {
    const endless = call();
    endless.on('error', () => undefined);
    endless.write('x');
    const [answer] = (await once(endless, 'response')) as [IncomingMessage];
    answer.on('error', () => undefined).resume();
    const feed = setInterval(() => endless.write('x'.repeat(1_000)), 5);
    // Not `once`: the connection may also end by a reset, which that takes for a failure.
    await new Promise((ended) => (endless.socket as Socket).once('close', ended));
    clearInterval(feed);
    expect(answer.statusCode).toBe(401);
  });

  it('keeps the connection of a caller who soon has sent everything', async () => {
    const polite = call();
    polite.write('x');
    const [answer] = (await once(polite, 'response')) as [IncomingMessage];
    answer.resume();
    polite.end('y');
    await once(agent, 'free');
    const again = call();
    again.end();
    await once(again, 'response');
    expect(again.reusedSocket).toBe(true);
  });
});
