/** What a refusal says besides its status; the platform leaves either of the codes out now and then. */
export interface RestErrorCodes {
  readonly code?: string;
  readonly serviceErrorCode?: number;
}

/** A refusal in the platform's envelope. */
export class RestError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly codes: RestErrorCodes = {},
  ) {
    super(message);
    this.name = 'RestError';
  }

  /** The envelope: https://learn.microsoft.com/en-us/linkedin/shared/api-guide/concepts/error-handling */
  body(): object {
    const { serviceErrorCode, code } = this.codes;
    return {
      ...(serviceErrorCode === undefined ? {} : { serviceErrorCode }),
      ...(code === undefined ? {} : { code }),
      message: this.message,
      status: this.status,
    };
  }
}

/** 400: something about the request itself. */
export function badRequest(message: string, code = 'ILLEGAL_ARGUMENT'): RestError {
  return new RestError(400, message, { code });
}

/** 403: the token or its member may not do this. */
export function accessDenied(resource: string): RestError {
  return new RestError(403, `Not enough permissions to access: ${resource}`, {
    serviceErrorCode: 100,
    code: 'ACCESS_DENIED',
  });
}

/** 404 */
export function notFound(resource: string): RestError {
  return new RestError(404, `${resource} not found`, { code: 'NOT_FOUND' });
}

/** 429 without any header: nothing says for how long, or which limit it was. */
export function throttled(): RestError {
  return new RestError(429, 'Resource level throttle limit for calls to this resource is reached.', {
    serviceErrorCode: 101,
    code: 'TOO_MANY_REQUESTS',
  });
}
