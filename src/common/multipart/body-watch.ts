import type { Request } from 'express';
import type { AppConfig } from '../../config/config.js';
import type { ProblemException } from '../problem.exception.js';
import { tooLarge, tooSlow } from './form-problems.js';

/** How much, and how patiently, is read of one body. */
export type BodyLimits = Pick<AppConfig, 'maxBodyBytes' | 'bodyIdleTimeoutMs'>;

/**
 * Listens to a body while somebody else reads it. Gives it up, once, when it brings too much, or nothing for too long; time in
 * which we ourselves have stopped it does not count.
 *
 * @param take told every piece
 */
export function watchBody(
  req: Request,
  { maxBodyBytes, bodyIdleTimeoutMs }: BodyLimits,
  giveUp: (problem: ProblemException) => void,
  take: (piece: Buffer) => void = () => undefined,
): void {
  let received = 0;
  const end = (problem: ProblemException) => {
    clearTimeout(idle);
    req.off('data', hear);
    giveUp(problem);
  };
  const hear = (piece: Buffer) => {
    received += piece.length;
    idle.refresh();
    take(piece);
    if (received > maxBodyBytes) end(tooLarge(maxBodyBytes));
  };
  const idle = setTimeout(() => (req.isPaused() ? idle.refresh() : end(tooSlow())), bodyIdleTimeoutMs);
  req.on('data', hear);
  for (const event of ['end', 'close']) req.once(event, () => clearTimeout(idle));
}
