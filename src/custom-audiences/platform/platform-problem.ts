import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ProblemDto } from '../../common/problem.dto.js';
import { ProblemException } from '../../common/problem.exception.js';
import type { ProviderError } from '../../providers/contract/provider-errors.js';

/** Why a platform did not do what it was asked for. */
export class PlatformErrorDto {
  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, example: 'credentials-rejected' })
  readonly code!: string;

  @ApiProperty({ type: String, example: 'the access token is expired, revoked or wrong' })
  readonly message!: string;

  @ApiProperty({ type: Boolean, example: false, description: 'Whether the same request may succeed later by itself' })
  readonly retryable!: boolean;
}

/** The platform was asked and said no, or said nothing. */
export class PlatformProblemDto extends OmitType(ProblemDto, ['errors', 'errorsTotal']) {
  @ApiProperty({ type: [PlatformErrorDto] })
  readonly errors!: PlatformErrorDto[];
}

/** A tag as problems name it. */
export interface NamedTag {
  readonly provider: string;
  readonly tag: string;
}

/** The status of what the platform refuses for good: 409 where the audience's own state is in the way. */
export type RefusedStatus = 409 | 422;

const DEFAULT_WAIT_MS = 30_000;

/** The answer to a call that the platform did not carry out. */
export function platformProblem(error: ProviderError, target: NamedTag, refused: RefusedStatus): ProblemException {
  const { code, message, retryable, retryAfterMs } = error;
  switch (code) {
    case 'rate-limited':
    case 'platform-unavailable':
      return waitProblem(code, message, target, retryAfterMs);
    case 'credentials-rejected':
    case 'permission-denied':
    case 'terms-not-accepted':
      return problem(502, code, message, target, retryable);
    case 'audience-missing':
      return problem(409, code, message, target, false);
    case 'audience-blocked':
    case 'chunk-too-large':
    case 'request-rejected':
      return problem(refused, code, message, target, false);
  }
}

/** The platform may not be called, or is not there: the caller may try again. */
export function waitProblem(
  code: 'rate-limited' | 'platform-unavailable',
  message: string,
  target: NamedTag,
  waitMs = DEFAULT_WAIT_MS,
): ProblemException {
  const headers = { 'Retry-After': String(Math.max(1, Math.ceil(waitMs / 1000))) };
  return problem(503, code, message, target, true, headers);
}

function problem(
  status: number,
  code: string,
  message: string,
  { provider, tag }: NamedTag,
  retryable: boolean,
  headers?: Readonly<Record<string, string>>,
): ProblemException {
  const errors = [{ provider, tag, code, message, retryable }];
  return new ProblemException(status, code, `${provider}/${tag}: ${message}`, { errors, headers });
}
