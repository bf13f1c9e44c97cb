import { applyDecorators } from '@nestjs/common';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { PlatformProblemDto } from './platform-problem.js';

/**
 * Documents what becomes of a call that the platform has to carry out.
 *
 * @param refused when it is 422
 */
export function ApiPlatformProblems(refused: string): MethodDecorator {
  return applyDecorators(
    ApiProblem(422, refused, undefined, 'not-offered'),
    ApiProblem(502, 'The platform refuses the account’s credentials, permissions or terms', PlatformProblemDto),
    ApiProblem(
      503,
      'The platform asks to wait, or is not there; Retry-After says when to try again',
      PlatformProblemDto,
    ),
  );
}
