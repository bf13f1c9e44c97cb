import { HttpException } from '@nestjs/common';

/** What a problem answer holds beyond its fixed members. Values of users belong in none of it. */
export interface ProblemExtra {
  readonly errors?: readonly object[];
  /** How many there are when `errors` shows only the first of them. */
  readonly errorsTotal?: number;
  readonly results?: readonly object[];
  /** Headers of the answer, such as `Location` or `Retry-After`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer other than success, thrown from anywhere below a controller. `detail` is shown to the caller as it is. */
export class ProblemException extends HttpException {
  constructor(
    status: number,
    /** Stable word for programs: `batch-conflict`. */
    readonly code: string,
    readonly detail: string,
    readonly extra: ProblemExtra = {},
  ) {
    super(detail, status);
  }
}
