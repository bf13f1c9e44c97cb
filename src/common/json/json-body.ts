import { isUtf8 } from 'node:buffer';
import {
  applyDecorators,
  type CallHandler,
  type ExecutionContext,
  Injectable,
  type NestInterceptor,
  type Type,
  UseInterceptors,
} from '@nestjs/common';
import { ApiBody, ApiConsumes } from '@nestjs/swagger';
import type { Request } from 'express';
import type { Observable } from 'rxjs';
import { AppConfig } from '../../config/config.js';
import { ApiProblem } from '../api-problem.decorator.js';
import { findMistakes, invalidRequest, toDto } from '../dto-validation.js';
import { boundBroken } from '../multipart/json-bounds.js';
import { describeJsonError } from '../multipart/json-error.js';
import { ProblemDto } from '../problem.dto.js';
import { ProblemException } from '../problem.exception.js';
import { readJsonBody } from './read-json-body.js';

/** What builds and checks DTOs recurses: a few thousand levels would end it with a stack overflow. */
const DEEPEST = 10;
const MOST_VALUES = 10_000;
const MAX_BYTES = 256 * 1024;
/** A database's text and JSON hold neither. */
const UNSTORABLE = /[\0\p{Cs}]/u;

/** Makes a handler take a JSON object: `@Body()` gives an instance of the DTO, checked. */
export function JsonBody(body: Type<object>, maxBytes = MAX_BYTES): MethodDecorator {
  return applyDecorators(
    ApiConsumes('application/json'),
    ApiBody({ type: body, required: true }),
    ApiProblem(
      400,
      'The body is not a JSON object, or breaks a rule; nothing was stored',
      ProblemDto,
      'invalid-request',
    ),
    ApiProblem(408, 'The body did not come in time'),
    ApiProblem(413, 'The body is too large'),
    ApiProblem(415, 'The body is not application/json, or is compressed'),
    UseInterceptors(interceptorOf(body, maxBytes)),
  );
}

function interceptorOf(body: Type<object>, maxBytes: number): Type<NestInterceptor> {
  @Injectable()
  class JsonBodyInterceptor implements NestInterceptor {
    constructor(private readonly config: AppConfig) {}

    async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
      const req = context.switchToHttp().getRequest<Request>();
      const { maxBodyBytes, bodyIdleTimeoutMs } = this.config;
      const limits = { maxBodyBytes: Math.min(maxBytes, maxBodyBytes), bodyIdleTimeoutMs };
      const dto = toDto(body, parse(await readJsonBody(req, limits)));
      const mistakes = findMistakes(dto);
      if (mistakes.total > 0) throw invalidRequest(mistakes);
      req.body = dto;
      return next.handle();
    }
  }
  return JsonBodyInterceptor;
}

function parse(bytes: Buffer): object {
  if (!isUtf8(bytes)) throw mistake('must be UTF-8');
  const broken = boundBroken(bytes, { levels: DEEPEST, values: MOST_VALUES });
  if (broken === 'levels') throw mistake(`must not be nested deeper than ${DEEPEST} levels`);
  if (broken !== undefined) throw mistake(`must hold at most ${MOST_VALUES} values`);
  const text = bytes.toString('utf8');
  const value = parseText(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw mistake('must be a JSON object');
  return value;
}

function parseText(text: string): unknown {
  let isStorable = true;
  const look = (key: string, value: unknown): unknown => {
    if (UNSTORABLE.test(key) || (typeof value === 'string' && UNSTORABLE.test(value))) isStorable = false;
    return value;
  };
  let value: unknown;
  try {
    value = JSON.parse(text, look);
  } catch {
    throw mistake(describeJsonError(text));
  }
  if (!isStorable) throw mistake('must hold neither NUL nor half a character');
  return value;
}

function mistake(message: string): ProblemException {
  return invalidRequest({ first: [{ field: 'body', message }], total: 1 });
}
