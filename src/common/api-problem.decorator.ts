import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { ProblemDto } from './problem.dto.js';

export const PROBLEM_JSON = 'application/problem+json';

/** Documents one problem answer of a handler or of all handlers of a controller. */
export function ApiProblem(
  status: number,
  description: string,
  type: Type = ProblemDto,
): MethodDecorator & ClassDecorator {
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({ status, description, content: { [PROBLEM_JSON]: { schema: { $ref: getSchemaPath(type) } } } }),
  );
}
