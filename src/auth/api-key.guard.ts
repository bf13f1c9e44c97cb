import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Request } from 'express';
import { ProblemException } from '../common/problem.exception.js';
import type { Scope } from '../config/config.js';
import { ApiKeysService, hasScope, secretOf } from './api-keys.service.js';
import { IS_PUBLIC } from './public.decorator.js';
import { REQUIRED_SCOPE } from './require-scope.decorator.js';

/** Global guard: a handler is reached with a key of its scope, unless it is public or no keys are configured. */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  constructor(
    private readonly keys: ApiKeysService,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    const places = [context.getHandler(), context.getClass()];
    if (this.keys.isOpen || this.reflector.getAllAndOverride<boolean>(IS_PUBLIC, places)) return true;
    const req = context.switchToHttp().getRequest<Request>();
    const key = this.keys.identify(req);
    if (!key) throw unauthorized(secretOf(req) !== undefined);
    const scope = this.reflector.getAllAndOverride<Scope | undefined>(REQUIRED_SCOPE, places) ?? 'admin';
    if (!hasScope(key, scope)) throw forbidden(scope);
    return true;
  }
}

/** RFC 6750: an error is named only to a caller who has shown something. */
function unauthorized(hasShownKey: boolean): ProblemException {
  const challenge = `Bearer realm="audience-api"${hasShownKey ? ', error="invalid_token"' : ''}`;
  const detail = hasShownKey ? 'The API key is not known here' : 'Send an API key: Authorization: Bearer or X-API-Key';
  return new ProblemException(401, 'unauthorized', detail, { headers: { 'WWW-Authenticate': challenge } });
}

function forbidden(scope: Scope): ProblemException {
  const challenge = `Bearer realm="audience-api", error="insufficient_scope", scope="${scope}"`;
  const detail = `The API key lacks the scope ${scope}`;
  return new ProblemException(403, 'forbidden', detail, { headers: { 'WWW-Authenticate': challenge } });
}
