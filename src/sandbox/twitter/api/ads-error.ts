/** One entry of `errors`, or of the errors of one operation. */
export interface ErrorEntry {
  readonly code: string;
  readonly message: string;
  readonly parameter?: string;
}

interface ErrorDetails {
  readonly parameter?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** One list for each operation of the request, empty where nothing is wrong. */
  readonly operationErrors?: readonly (readonly ErrorEntry[])[];
}

/** A refusal in the platform's envelope: https://docs.x.com/x-ads-api/fundamentals/error-codes-and-responses */
export class AdsError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: ErrorDetails = {},
  ) {
    super(message);
    this.name = 'AdsError';
  }

  body(requestParams: object): object {
    const { parameter, operationErrors } = this.details;
    return {
      errors: [{ code: this.code, message: this.message, ...(parameter === undefined ? {} : { parameter }) }],
      ...(operationErrors === undefined ? {} : { operation_errors: operationErrors }),
      request: { params: requestParams },
    };
  }
}

export function invalidParameter(parameter: string, message: string): AdsError {
  return new AdsError(400, 'INVALID_PARAMETER', message, { parameter });
}

export function missingParameter(parameter: string): AdsError {
  return new AdsError(400, 'MISSING_PARAMETER', `"${parameter}" is a required parameter`, { parameter });
}

export function notAuthenticated(): AdsError {
  return new AdsError(401, 'UNAUTHORIZED_ACCESS', 'This request is not properly authenticated');
}

export function unauthorizedApp(): AdsError {
  const message = 'The client application making this request does not have access to this API';
  return new AdsError(403, 'UNAUTHORIZED_CLIENT_APPLICATION', message);
}

export function actionNotAllowed(message: string): AdsError {
  return new AdsError(403, 'ACTION_NOT_ALLOWED', message);
}

export function notFound(what: string): AdsError {
  return new AdsError(404, 'NOT_FOUND', `${what} could not be found`);
}

export function routeNotFound(path: string): AdsError {
  return new AdsError(404, 'ROUTE_NOT_FOUND', `The requested resource could not be found: ${path}`);
}

/** The code that usually comes with a status. */
export const USUAL_CODES: Readonly<Record<number, string>> = {
  400: 'INVALID_PARAMETER',
  401: 'UNAUTHORIZED_ACCESS',
  403: 'ACTION_NOT_ALLOWED',
  404: 'NOT_FOUND',
  405: 'METHOD_NOT_ALLOWED',
  408: 'CANCELLED_REQUEST',
  423: 'LOCK_ACQUISITION_TIMEOUT',
  429: 'TOO_MANY_REQUESTS',
  500: 'INTERNAL_ERROR',
  503: 'SERVICE_UNAVAILABLE',
};
