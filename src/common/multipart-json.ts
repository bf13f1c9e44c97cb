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
import { findMistakes, invalidRequest, joinMistakes, type Mistakes, toDto } from './dto-validation.js';
import { FormReader } from './multipart/form-reader.js';
import { type DecodedPart, decodePart } from './multipart/part-decoder.js';
import { ProblemDto } from './problem.dto.js';
import type { PartRules } from './multipart/part-rule.js';

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
  const encoding = Object.fromEntries(jsonParts.map(([name]) => [name, { contentType: 'application/json' }]));
  return applyDecorators(
    ApiConsumes('multipart/form-data'),
    ApiBody({ type: form.body, encoding }),
    ApiProblem(
      400,
      'A part is missing, is not JSON, or breaks a rule, or an option is wrong; nothing was stored',
      ProblemDto,
      'invalid-request',
    ),
    ApiProblem(408, 'The body did not come in time'),
    ApiProblem(413, 'The body or a part is too large'),
    ApiProblem(415, 'The body is not multipart/form-data, or is compressed'),
    UseInterceptors(interceptorOf(form)),
  );
}

function interceptorOf(form: MultipartForm): Type<NestInterceptor> {
  @Injectable()
  class MultipartJsonInterceptor implements NestInterceptor {
    constructor(private readonly config: AppConfig) {}

    async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
      const req = context.switchToHttp().getRequest<Request>();
      const res = context.switchToHttp().getResponse<Response>();
      const received = await new FormReader(Object.keys(form.parts), this.config).read(req, res);
      const parts = new Map<string, DecodedPart>();
      for (const [name, rule] of Object.entries(form.parts)) {
        parts.set(name, decodePart(name, received.get(name) ?? [], rule, this.config));
      }
      const body = toBody(form, parts);
      const query = toDto(form.query, req.query);
      const mistakes = joinMistakes([mistakesOf(body, parts), findMistakes(query)]);
      if (mistakes.total > 0) throw invalidRequest(mistakes);
      req.body = body;
      // Express computes `query` anew at each reading, so it must be defined over.
      Object.defineProperty(req, 'query', { value: query, configurable: true, enumerable: true });
      return next.handle();
    }
  }
  return MultipartJsonInterceptor;
}

function toBody(form: MultipartForm, parts: ReadonlyMap<string, DecodedPart>): object {
  const small: Record<string, unknown> = {};
  const asTheyAre: Record<string, unknown> = {};
  for (const [name, { value, bytes }] of parts) {
    const rule = form.parts[name];
    (rule?.as === 'array' ? asTheyAre : small)[name] = value;
    if (rule?.bytesAs !== undefined) asTheyAre[rule.bytesAs] = bytes;
  }
  return Object.assign(toDto(form.body, small), asTheyAre);
}

/** What the DTO says, except where a part could not be read at all: its field then only seems to be missing. */
function mistakesOf(body: object, parts: ReadonlyMap<string, DecodedPart>): Mistakes {
  const unreadable = [...parts].flatMap(([field, { mistake }]) =>
    mistake === undefined ? [] : [{ field, message: mistake }],
  );
  const isReadable = ({ field }: { field: string }) => !unreadable.some((part) => part.field === field);
  const ofDto = findMistakes(body);
  const first = ofDto.first.filter(isReadable);
  const hidden = ofDto.first.length - first.length;
  return joinMistakes([
    { first: unreadable, total: unreadable.length },
    { first, total: ofDto.total - hidden },
  ]);
}
