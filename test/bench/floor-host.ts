/**
 * The floor of taking a batch in: a bare HTTP server that reads the form with Multer, parses `users`, and answers. Says its port
 * on its first line; ends with its input.
 */
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import multer from 'multer';

const read = multer({ limits: { fileSize: 1024 ** 3, fieldSize: 1024 ** 3 } }).any();

const server = createServer((req, res) => {
  void read(req as never, res as never, (error?: unknown) => {
    const { files } = req as IncomingMessage & { files?: readonly { readonly buffer: Buffer }[] };
    const users = error ? [] : (JSON.parse(files![0]!.buffer.toString()) as unknown[]);
    res.end(String(users.length));
  });
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
process.stdin.resume().once('end', () => server.close().closeAllConnections());
