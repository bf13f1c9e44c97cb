import {
  AudienceBlockedError,
  AudienceMissingError,
  ChunkTooLargeError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  type ProviderError,
  RateLimitedError,
  RequestRejectedError,
  TermsNotAcceptedError,
} from './provider-errors.js';

/** What is left of a platform's many codes once the question is only what to do next: the words of their tables. */
export type ProviderErrorKind =
  | 'credentials'
  | 'permission'
  | 'terms'
  | 'missing'
  | 'blocked'
  | 'too-large'
  | 'throttled'
  | 'unavailable'
  | 'rejected';

/** The error that a kind stands for. `retryAfterMs` counts for the two kinds that wait. */
export function errorOfKind(
  kind: ProviderErrorKind,
  message: string,
  platformCode: string,
  retryAfterMs?: number,
): ProviderError {
  const details = { platformCode };
  switch (kind) {
    case 'credentials':
      return new CredentialsRejectedError(message, details);
    case 'permission':
      return new PermissionDeniedError(message, details);
    case 'terms':
      return new TermsNotAcceptedError(message, details);
    case 'missing':
      return new AudienceMissingError(message, details);
    case 'blocked':
      return new AudienceBlockedError(message, details);
    case 'too-large':
      return new ChunkTooLargeError(message, details);
    case 'throttled':
      return new RateLimitedError(message, retryAfterMs, details);
    case 'unavailable':
      return new PlatformUnavailableError(message, { platformCode, retryAfterMs });
    case 'rejected':
      return new RequestRejectedError(message, details);
  }
}
