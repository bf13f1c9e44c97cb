import { STATUS_CODES } from 'node:http';
import type { ProblemException } from '../problem.exception.js';

/** A problem as it is written into an answer (RFC 9457), beside its own members. */
export function problemBody(problem: ProblemException, requestId: string, more: object = {}): string {
  const status = problem.getStatus();
  const { headers: _, ...extra } = problem.extra;
  return JSON.stringify({
    type: `urn:audience-api:problem:${problem.code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code: problem.code,
    detail: problem.detail,
    ...extra,
    ...more,
    requestId,
    success: false,
  });
}
