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
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';
import { AppConfig } from '../config/config.js';
import { ApiProblem } from './api-problem.decorator.js';
import { findMistakes, invalidRequest, toDto } from './dto-validation.js';
import { joinMistakes } from './mistakes/mistakes.js';
import { formBody } from './multipart/form-body.js';
import { FormReader } from './multipart/form-reader.js';
import type { PartRules } from './multipart/part-rule.js';
import { ProblemDto } from './problem.dto.js';

/** A multipart form as a handler receives it. */
export interface MultipartForm {
  /** Class-validator DTO of the body: `@Body()` gives an instance of it. */
  readonly body: Type<object>;
  /** DTO of the query, checked together with the body: `@Query()` gives an instance of it. */
  readonly query: Type<object>;
  readonly parts: PartRules;
}

/**
 * Makes a handler take a form with JSON parts. All mistakes, of every part and of the query, are answered together before the
 * handler runs.
 */
export function MultipartJson(form: MultipartForm): MethodDecorator {
  const jsonParts = Object.entries(form.parts).filter(([, rule]) => rule.as !== 'text');
  return applyDecorators(
    ApiMultipart(
      form.body,
      jsonParts.map(([name]) => name),
    ),
    UseInterceptors(interceptorOf(form)),
  );
}

/** Documents a form, whoever reads it. @param jsonParts names of the parts that are JSON */
export function ApiMultipart(body: Type<object>, jsonParts: readonly string[]): MethodDecorator {
  const encoding = Object.fromEntries(jsonParts.map((name) => [name, { contentType: 'application/json' }]));
  return applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: body, encoding }),
    ApiProblem(
      400,
      'A part is missing, is not JSON, or breaks a rule, or an option is wrong; nothing was stored',
      ProblemDto,
      'invalid-request',
    ),
    ApiProblem(408, 'The body did not come in time'),
    ApiProblem(413, 'The body or a part is too large'),
    ApiProblem(415, 'The body is not multipart/form-data, or is compressed'),
  );
}

/** Hands a checked form on to `@Body()` and `@Query()`. */
export function handOn(req: Request, body: object, query: object): void {
  req.body = body;
  // Express computes `query` anew at each reading, so it must be defined over.
  Object.defineProperty(req, 'query', { value: query, configurable: true, enumerable: true });
}

function interceptorOf(form: MultipartForm): Type<NestInterceptor> {
  @Injectable()
  class MultipartJsonInterceptor implements NestInterceptor {
    constructor(private readonly config: AppConfig) {}

    async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
      const req = context.switchToHttp().getRequest<Request>();
      const res = context.switchToHttp().getResponse<Response>();
      const received = await new FormReader(Object.keys(form.parts), this.config).read(req, res);
      const { body, mistakes: ofBody } = formBody(form.body, form.parts, received, this.config);
      const query = toDto(form.query, req.query);
      const mistakes = joinMistakes([ofBody, findMistakes(query)]);
      if (mistakes.total > 0) throw invalidRequest(mistakes);
      handOn(req, body, query);
      return next.handle();
    }
  }
  return MultipartJsonInterceptor;
}
