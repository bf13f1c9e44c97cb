import { type ArgumentsHost, Catch, type ExceptionFilter, HttpException, Logger } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { Express, Request, Response } from 'express';
import { PROBLEM_JSON } from './api-problem.decorator.js';
import { allowedMethods } from './http/allowed-methods.js';
import { frameworkProblem } from './http/framework-problems.js';
import { problemBody } from './http/problem-body.js';
import { limitUnreadBody } from './http/unread-body.js';
import { ProblemException } from './problem.exception.js';
import { requestIdOf } from './http/request-id.js';
import { safeStack } from './safe-stack.js';

/** Seconds until a database that restarts may be back. */
const DATABASE_RETRY_AFTER = '5';
/** SQLSTATEs and codes of a connection that is not to be had: refused, broken, shut down, too many, not accepting. */
const UNREACHABLE = /^(ECONN[A-Z]+|ETIMEDOUT|EPIPE|EHOSTUNREACH|ENOTFOUND|EAI_AGAIN|08\w{3}|57P0[123]|53300|55000)$/;

/** Shown where a limit does not say itself when it ends. */
const DEFAULT_RETRY_AFTER = '60';

/** Turns every error, ours and the framework's, into one `application/problem+json` answer. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger(ProblemFilter.name);

  constructor(private readonly adapterHost: HttpAdapterHost) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const req = http.getRequest<Request>();
    const res = http.getResponse<Response>();
    const requestId = requestIdOf(req, res);
    const problem = this.toProblem(error, req);
    if (problem.getStatus() === 500 || isUnreachable(error))
      this.logger.error(`Request ${requestId} failed: ${safeStack(error)}`);
    if (res.headersSent) {
      res.destroy();
      return;
    }
    limitUnreadBody(req);
    send(res, problem, healthDetails(error), requestId);
  }

  private toProblem(error: unknown, req: Request): ProblemException {
    if (error instanceof ProblemException) return error;
    if (isUnreachable(error)) return framework(503, { 'Retry-After': DATABASE_RETRY_AFTER });
    const status = error instanceof HttpException ? error.getStatus() : 500;
    const allowed = status === 404 ? this.otherMethods(req) : [];
    if (allowed.length > 0) return framework(405, { Allow: allowed.join(', ') });
    return framework(status);
  }

  /** What a path takes instead, when it does not take the method; nothing when the method's own handler found nothing. */
  private otherMethods(req: Request): string[] {
    const app = this.adapterHost.httpAdapter.getInstance<Express>();
    const allowed = allowedMethods(app, req.path);
    return allowed.includes(req.method) ? [] : allowed;
  }
}

/** The database is away: that passes, and the caller may try again. */
function isUnreachable(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return !(error instanceof HttpException) && typeof code === 'string' && UNREACHABLE.test(code);
}

function framework(status: number, headers: Readonly<Record<string, string>> = {}): ProblemException {
  const { code, detail } = frameworkProblem(status);
  return new ProblemException(status, code, detail, { headers });
}

/** A failed readiness check says which part is down, in a member of its own. */
function healthDetails(error: unknown): { details?: unknown } {
  if (!(error instanceof HttpException) || error.getStatus() !== 503) return {};
  const answer = error.getResponse();
  return typeof answer === 'object' && 'details' in answer ? { details: answer.details } : {};
}

function send(res: Response, problem: ProblemException, details: object, requestId: string): void {
  const status = problem.getStatus();
  Object.entries(problem.extra.headers ?? {}).forEach(([name, value]) => res.setHeader(name, value));
  if (status === 429 && !res.hasHeader('Retry-After')) res.setHeader('Retry-After', DEFAULT_RETRY_AFTER);
  res
    .status(status)
    .type(PROBLEM_JSON)
    .send(problemBody(problem, requestId, details));
}
