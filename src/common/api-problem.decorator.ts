import { STATUS_CODES } from 'node:http';
import { applyDecorators, type Type } from '@nestjs/common';
import { ApiExtraModels, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { frameworkProblem } from './http/framework-problems.js';
import { ProblemDto } from './problem.dto.js';

export const PROBLEM_JSON = 'application/problem+json';

/** Documents one problem answer of a handler or of all handlers of a controller. */
export function ApiProblem(
  status: number,
  description: string,
  type: Type = ProblemDto,
  code = frameworkProblem(status).code,
): MethodDecorator & ClassDecorator {
  const schema = { $ref: getSchemaPath(type) };
  // Another type documents itself: its members have examples.
  const content = type === ProblemDto ? { schema, example: exampleOf(status, description, code) } : { schema };
  return applyDecorators(
    ApiExtraModels(type),
    ApiResponse({ status, description, content: { [PROBLEM_JSON]: content } }),
  );
}

function exampleOf(status: number, detail: string, code: string): object {
  return {
    type: `urn:audience-api:problem:${code}`,
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail,
    requestId: '7f6f8a52-3a0e-4d0c-9f1e-0d8f2f0f7f57',
    success: false,
  };
}
