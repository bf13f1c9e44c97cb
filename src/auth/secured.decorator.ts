import { applyDecorators } from '@nestjs/common';
import { ApiSecurity } from '@nestjs/swagger';
import { ApiProblem } from '../common/api-problem.decorator.js';
import type { Scope } from '../config/config.js';
import { RequireScope } from './require-scope.decorator.js';

/** Names of the two ways to send a key, as the OpenAPI document calls them. */
export const BEARER_SCHEME = 'bearer';
export const API_KEY_SCHEME = 'apiKey';

/** Demands a key with this scope, and documents that with its 401, 403 and 429. */
export function Secured(scope: Scope): MethodDecorator & ClassDecorator {
  return applyDecorators(
    RequireScope(scope),
    ApiSecurity(BEARER_SCHEME),
    ApiSecurity(API_KEY_SCHEME),
    ApiProblem(401, 'No API key, or an unknown one'),
    ApiProblem(403, `The API key lacks the scope ${scope}`),
    ApiProblem(429, 'Too many calls with this key; Retry-After says when to go on'),
  );
}
