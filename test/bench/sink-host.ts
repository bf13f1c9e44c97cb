/**
 * Facebook as a platform that takes users without looking at them, which is what the peers in PERFORMANCE.md were measured
 * against: it reads the body and answers. Everything else goes to the sandbox. The first argument is the sandbox's origin.
 */
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

const sandbox = new URL(process.argv[2]!);
const TAKEN = JSON.stringify({ audience_id: '1', session_id: '1', num_received: 0, num_invalid_entries: 0 });

const server = createServer((req, res) => {
  if (req.method === 'POST' && req.url?.split('?')[0]?.endsWith('/users')) {
    req.resume().once('end', () => res.setHeader('content-type', 'application/json').end(TAKEN));
    return;
  }
  const { hostname, port } = sandbox;
  const call = request({ hostname, port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
    res.writeHead(answer.statusCode!, answer.headers);
    answer.pipe(res);
  });
  req.pipe(call);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().once('end', () => server.close().closeAllConnections());
