import type { NextFunction, Request, Response } from 'express';
import { ProblemException } from '../problem.exception.js';

/** Middleware: a process that only delivers takes nothing in. */
export function refuseOnWorker(_req: Request, _res: Response, next: NextFunction): void {
  const detail = 'This process only delivers (ROLE=worker); post to one with ROLE=api or all';
  next(new ProblemException(404, 'not-served-here', detail));
}
