import { randomBytes } from 'node:crypto';

/** What differs between errors besides code and message. */
export interface GraphErrorDetails {
  readonly subcode?: number;
  readonly type?: 'OAuthException' | 'GraphMethodException';
  readonly status?: number;
  readonly transient?: boolean;
  readonly userMessage?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The body of every refusal. */
export interface GraphErrorBody {
  readonly error: Readonly<Record<string, unknown>>;
}

/**
 * A refusal in the platform's envelope. Nearly all come as HTTP 400, so that a caller who goes by the status is found out:
 * only code and subcode tell them apart.
 * https://developers.facebook.com/docs/graph-api/guides/error-handling
 */
export class GraphError extends Error {
  constructor(
    readonly code: number,
    message: string,
    readonly details: GraphErrorDetails = {},
  ) {
    super(message);
    this.name = 'GraphError';
  }

  get status(): number {
    return this.details.status ?? 400;
  }

  body(): GraphErrorBody {
    const { subcode, type, transient, userMessage } = this.details;
    return {
      error: {
        message: this.message,
        type: type ?? 'OAuthException',
        code: this.code,
        ...(subcode === undefined ? {} : { error_subcode: subcode }),
        is_transient: transient ?? false,
        ...(userMessage === undefined ? {} : { error_user_title: 'Request refused', error_user_msg: userMessage }),
        fbtrace_id: `A${randomBytes(12).toString('base64url')}`,
      },
    };
  }
}

/** Code 100: a parameter is missing or has a value it may not have. */
export function invalidParameter(message: string): GraphError {
  return new GraphError(100, `(#100) ${message}`);
}

/** Code 100 subcode 33: unknown, deleted, and out of the token's reach look the same. */
export function notFound(method: string, id: string): GraphError {
  const verb = method === 'GET' ? 'get' : method === 'DELETE' ? 'delete' : 'post';
  return new GraphError(
    100,
    `Unsupported ${verb} request. Object with ID '${id}' does not exist, cannot be loaded due to missing permissions, ` +
      'or does not support this operation',
    { subcode: 33, type: 'GraphMethodException' },
  );
}

/** Code 200: the caller may not do this. */
export function notAllowed(message: string, subcode?: number): GraphError {
  return new GraphError(200, `(#200) ${message}`, subcode === undefined ? {} : { subcode, userMessage: message });
}

/** Code 2650: the change of the audience was refused. */
export function updateRefused(message: string, subcode?: number): GraphError {
  return new GraphError(2650, `(#2650) ${message}`, subcode === undefined ? {} : { subcode, userMessage: message });
}

/** Code 100 with an integrity subcode: the audience is flagged (operation status 471) and frozen until a human appeals. */
export function integrityBlock(subcode: 1713228 | 1713230 | 1713231 | 1713232): GraphError {
  const userMessage =
    'This audience was flagged because it may suggest information that is not allowed under our terms';
  return new GraphError(100, '(#100) Invalid parameter', { subcode, userMessage });
}
