import { randomUUID } from 'node:crypto';

const TYPE = 'type.googleapis.com/google.ads.googleads';

const STATUS_OF: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
};

const SAYS: Readonly<Record<number, string>> = {
  400: 'Request contains an invalid argument.',
  401: 'Request is missing required authentication credential.',
  403: 'The caller does not have permission',
  429: 'Resource has been exhausted (e.g. check quota).',
};

/** A refusal of the Google Ads API: https://developers.google.com/google-ads/api/docs/get-started/handle-errors */
export class AdsError extends Error {
  /** @param family of the error code: `userListError` */
  constructor(
    readonly family: string,
    readonly code: string,
    message: string,
    readonly http = 400,
  ) {
    super(message);
    this.name = 'AdsError';
  }

  body(version: string): object {
    const failure = {
      '@type': `${TYPE}.${version}.errors.GoogleAdsFailure`,
      errors: [{ errorCode: { [this.family]: this.code }, message: this.message }],
      requestId: randomUUID().slice(0, 22),
    };
    const status = STATUS_OF[this.http] ?? 'INVALID_ARGUMENT';
    return { error: { code: this.http, message: SAYS[this.http] ?? this.message, status, details: [failure] } };
  }
}

/** Something about a user list. */
export function listError(code: string, message: string): AdsError {
  return new AdsError('userListError', code, message);
}
