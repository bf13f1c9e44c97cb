/**
 * Loaded into every service process of the suite before the service itself, which knows nothing of it: each request to a
 * platform says which process sent it, and a process whose parent was killed ends.
 */
import { subscribe } from 'node:diagnostics_channel';
import type { ClientRequest } from 'node:http';

subscribe('http.client.request.created', (message) => {
  (message as { request: ClientRequest }).request.setHeader('x-sent-by', process.pid);
});

const parent = process.ppid;
setInterval(() => {
  if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL');
}, 1_000).unref();
