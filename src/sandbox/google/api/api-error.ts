/** One field that a request was refused for, as `BadRequest` tells it. Refusals of the JSON itself have no reason. */
export interface FieldViolation {
  /** In snake case, with list positions: `audience_members[3].user_data`. */
  readonly field: string;
  readonly description: string;
  readonly reason?: string;
}

export interface ApiErrorDetails {
  /** `ErrorInfo.reason`; the status itself when nothing says more. */
  readonly reason?: string;
  readonly domain?: string;
  readonly metadata?: Readonly<Record<string, string>>;
  readonly violations?: readonly FieldViolation[];
  readonly headers?: Readonly<Record<string, string>>;
  /** Seconds, told in `RetryInfo`. */
  readonly retryDelay?: number;
}

const HTTP_STATUS = {
  INVALID_ARGUMENT: 400,
  FAILED_PRECONDITION: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  NOT_FOUND: 404,
  ABORTED: 409,
  RESOURCE_EXHAUSTED: 429,
  INTERNAL: 500,
  UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const;

export type ApiStatus = keyof typeof HTTP_STATUS;

const TYPE = 'type.googleapis.com/google.rpc.';

/** A refusal in Google's error model: https://developers.google.com/data-manager/api/devguides/concepts/understand-errors */
export class ApiError extends Error {
  readonly http: number;

  constructor(
    readonly status: ApiStatus,
    message: string,
    readonly details: ApiErrorDetails = {},
    http?: number,
  ) {
    super(message);
    this.name = 'ApiError';
    this.http = http ?? HTTP_STATUS[status];
  }

  body(requestId: string): object {
    const { reason, domain = 'datamanager.googleapis.com', metadata, violations = [], retryDelay } = this.details;
    const info = { '@type': `${TYPE}ErrorInfo`, reason: reason ?? this.status, domain };
    const request = { '@type': `${TYPE}RequestInfo`, requestId };
    const ofRequest = reason === undefined || domain === 'datamanager.googleapis.com';
    const details = [
      { ...info, metadata: { ...(ofRequest && { requestId }), ...metadata } },
      ...(ofRequest ? [request] : []),
      ...(violations.length > 0 ? [{ '@type': `${TYPE}BadRequest`, fieldViolations: violations }] : []),
      ...(retryDelay === undefined ? [] : [{ '@type': `${TYPE}RetryInfo`, retryDelay: `${retryDelay}s` }]),
    ];
    return { error: { code: this.http, message: this.message, status: this.status, details } };
  }
}

/** The JSON does not fit the message: the platform's parser says so, without a reason. */
export function unreadable(message: string, field = ''): ApiError {
  const description = `Invalid JSON payload received. ${message}`;
  return new ApiError('INVALID_ARGUMENT', description, { violations: [{ field, description }] });
}

/** The request can be read, and breaks rules: nothing of it is processed. */
export function refused(...violations: readonly FieldViolation[]): ApiError {
  return new ApiError('INVALID_ARGUMENT', 'There was a problem with the request.', { violations });
}

export function violation(field: string, reason: string, description = `${reason.toLowerCase()}.`): FieldViolation {
  return { field, description, reason };
}

/** Also said of what is not there: who may not see an account is not told whether it exists. */
export function permissionDenied(reason = 'PERMISSION_DENIED'): ApiError {
  return new ApiError('PERMISSION_DENIED', 'The caller does not have permission', { reason });
}

export function notFound(): ApiError {
  return new ApiError('NOT_FOUND', 'Requested entity was not found.', { reason: 'NOT_FOUND' });
}
