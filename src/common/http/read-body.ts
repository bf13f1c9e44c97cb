import type { Request } from 'express';
import { ProblemException } from '../problem.exception.js';

/** How much, and how patiently, is read of one body. */
export interface BodyLimits {
  readonly maxBytes: number;
  /** A body that brings nothing for so long is given up. */
  readonly idleTimeoutMs: number;
}

/**
 * The whole body of a request.
 *
 * @throws {ProblemException} 413, 408, or 400 when the caller broke off.
 */
export async function readBody(req: Request, limits: BodyLimits): Promise<Buffer> {
  if (Number(req.get('content-length') ?? 0) > limits.maxBytes) throw tooLarge(limits);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    let received = 0;
    const end = (finish: () => void) => {
      clearTimeout(idle);
      req.off('data', take);
      finish();
    };
    const take = (piece: Buffer) => {
      received += piece.length;
      idle.refresh();
      if (received > limits.maxBytes) end(() => reject(tooLarge(limits)));
      else pieces.push(piece);
    };
    const idle = setTimeout(() => end(() => reject(tooSlow())), limits.idleTimeoutMs);
    req.on('data', take);
    req.once('end', () => end(() => resolve(Buffer.concat(pieces))));
    // After `end` this changes nothing.
    for (const event of ['close', 'error']) req.once(event, () => end(() => reject(brokenOff())));
  });
}

function tooLarge({ maxBytes }: BodyLimits): ProblemException {
  return new ProblemException(413, 'payload-too-large', `The body may hold at most ${maxBytes} bytes`);
}

function tooSlow(): ProblemException {
  const headers = { Connection: 'close' };
  return new ProblemException(408, 'request-timeout', 'The body did not come in time', { headers });
}

function brokenOff(): ProblemException {
  return new ProblemException(400, 'bad-request', 'The body ended too early');
}
