import { STATUS_CODES } from 'node:http';

interface FrameworkProblem {
  readonly code: string;
  readonly detail: string;
}

/**
 * Words of our own for what the framework refuses: its messages repeat the address, a parameter or the text that could not
 * be parsed, any of which may hold a value of a user.
 */
const PROBLEMS: Readonly<Record<number, FrameworkProblem>> = {
  400: { code: 'bad-request', detail: 'The request could not be understood' },
  401: { code: 'unauthorized', detail: 'An API key is needed' },
  403: { code: 'forbidden', detail: 'This is not allowed' },
  404: { code: 'not-found', detail: 'There is nothing at this address' },
  405: { code: 'method-not-allowed', detail: 'This address does not take this method; see Allow' },
  408: { code: 'request-timeout', detail: 'The request did not come in time' },
  413: { code: 'payload-too-large', detail: 'The request is larger than this service takes' },
  415: { code: 'unsupported-media-type', detail: 'This address does not take this kind of content' },
  417: { code: 'expectation-failed', detail: 'Expect may only ask for 100-continue' },
  429: { code: 'rate-limited', detail: 'Too many calls; Retry-After says when to go on' },
  431: { code: 'headers-too-large', detail: 'The address and the headers are longer than this service takes' },
  500: { code: 'internal-error', detail: 'Something went wrong here; the request id finds it in the log' },
  503: { code: 'unavailable', detail: 'The service cannot do this right now' },
};

export function frameworkProblem(status: number): FrameworkProblem {
  const name = STATUS_CODES[status] ?? 'Error';
  return PROBLEMS[status] ?? { code: name.toLowerCase().replace(/[^a-z]+/g, '-'), detail: name };
}
