import { createServer } from 'node:net';

/** The wanted port on loopback where it is free, otherwise any other. */
export async function freePort(wanted = 0): Promise<number> {
  return (await probe(wanted)) ?? (await probe(0))!;
}

function probe(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}
