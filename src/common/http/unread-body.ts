import type { IncomingMessage } from 'node:http';

/** Long enough for a caller that reads only after it has sent everything. */
const LINGER_MS = 5_000;

/**
 * Ends the connection of a request that was answered before its body had come, unless the rest comes soon. Node reads such a
 * rest without end, which keeps the answer readable for honest callers and would serve the others for as long as they send.
 */
export function limitUnreadBody(req: IncomingMessage, lingerMs = LINGER_MS): void {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (!hasBody || req.complete || req.destroyed) return;
  const timer = setTimeout(() => {
    if (!req.complete) req.socket.destroy();
  }, lingerMs);
  timer.unref();
  req.once('close', () => clearTimeout(timer));
}
