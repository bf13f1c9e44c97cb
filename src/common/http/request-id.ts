import { randomUUID } from 'node:crypto';
import { createParamDecorator } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';

export const REQUEST_ID_HEADER = 'X-Request-Id';

/** Middleware: gives the request its id, taken from the caller where that is harmless to log, and echoes it. */
export function requestId(req: Request, res: Response, next: NextFunction): void {
  requestIdOf(req, res);
  next();
}

/** Parameter of a handler: the id of its request. */
export const RequestId = createParamDecorator((_, context) => {
  const http = context.switchToHttp();
  return requestIdOf(http.getRequest<Request>(), http.getResponse<Response>());
});

/** The id of a request; given now if the middleware was not reached. */
export function requestIdOf(req: Request, res: Response): string {
  const known = (req as { id?: unknown }).id;
  if (typeof known === 'string') return known;
  const offered = req.get(REQUEST_ID_HEADER);
  const id = offered !== undefined && /^[\w.-]{1,64}$/.test(offered) ? offered : randomUUID();
  Object.assign(req, { id });
  if (!res.headersSent) res.setHeader(REQUEST_ID_HEADER, id);
  return id;
}
