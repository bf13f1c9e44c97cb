import { type IncomingHttpHeaders } from 'node:http';
import { type Request, type Response } from 'express';
import { type OpenEntry, secretDigest } from './request-log.js';
import { type PlannedAnswer } from './simulator.js';

/** Notes the status at the moment of the answer, so that whoever has the answer finds it in the log. */
export function watchAnswer(req: Request, res: Response, entry: OpenEntry): void {
  const startedAt = performance.now();
  const end = res.end.bind(res) as (...args: unknown[]) => Response;
  res.end = ((...args: unknown[]) => {
    entry.durationMs = Math.round(performance.now() - startedAt);
    if (entry.fault === 'drop-after') {
      // The call has been applied: only its answer is lost.
      entry.appliedStatus = res.statusCode;
      req.socket.resetAndDestroy();
      return res;
    }
    entry.status = res.statusCode;
    return end(...args);
  }) as typeof res.end;
}

/** Sends an answer that was made outside the platform's usual course. */
export function answerPlanned(res: Response, answer: PlannedAnswer): void {
  res.status(answer.status).set({ ...answer.headers });
  if (typeof answer.body === 'string') {
    if (res.getHeader('content-type') === undefined) res.type('html');
    res.send(answer.body);
  } else {
    res.json(answer.body);
  }
}

/** The headers with every secret replaced by its digest; the scheme before a token is kept. */
export function redactedHeaders(headers: IncomingHttpHeaders, secret: readonly string[]): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined) continue;
    const joined = Array.isArray(value) ? value.join(', ') : value;
    const scheme = /^(?:Bearer|Basic|OAuth|Klaviyo-API-Key) /i.exec(joined)?.[0] ?? '';
    shown[name] = secret.includes(name) ? scheme + secretDigest(joined.slice(scheme.length)) : joined;
  }
  return shown;
}

/** Query or body parameters with every secret replaced by its digest. Anything but an object is returned as it is. */
export function redactedParameters<Parameters>(parameters: Parameters, secret: readonly string[]): Parameters {
  if (typeof parameters !== 'object' || parameters === null || Array.isArray(parameters)) return parameters;
  const found = secret.filter((name) => Object.hasOwn(parameters, name));
  if (found.length === 0) return parameters;
  const shown = { ...parameters } as Record<string, unknown>;
  for (const name of found) shown[name] = secretDigest(String(shown[name]));
  return shown as Parameters;
}
