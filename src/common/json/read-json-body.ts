import type { Request } from 'express';
import { type BodyLimits, watchBody } from '../multipart/body-watch.js';
import { refusePacked, tooLarge } from '../multipart/form-problems.js';
import { ProblemException } from '../problem.exception.js';

/**
 * Reads the bytes of a JSON body.
 *
 * @throws ProblemException 415, 413, 408, 400
 */
export async function readJsonBody(req: Request, limits: BodyLimits): Promise<Buffer> {
  if (!/^application\/(merge-patch\+)?json\s*(;|$)/i.test(req.get('content-type') ?? '')) {
    throw new ProblemException(415, 'unsupported-media-type', 'The body must be application/json');
  }
  refusePacked(req);
  if (Number(req.get('content-length') ?? 0) > limits.maxBodyBytes) throw tooLarge(limits.maxBodyBytes);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const refuse = (problem: ProblemException) => {
      pieces.length = 0;
      reject(problem);
    };
    watchBody(req, limits, refuse, (piece) => pieces.push(piece));
    req.once('end', () => resolve(Buffer.concat(pieces)));
    req.once('close', () => reject(new ProblemException(400, 'malformed-body', 'The body is not complete')));
  });
}
