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
import express, { type Request, type Response } from 'express';
import type { Observable } from 'rxjs';
import { ApiProblem } from '../api-problem.decorator.js';
import { boundBroken } from '../multipart/json-bounds.js';
import { describeJsonError } from '../multipart/json-error.js';
import { ProblemDto } from '../problem.dto.js';
import { ProblemException } from '../problem.exception.js';

/** Resources are small; users come as forms. */
const MOST_BYTES = 64 * 1024;
/** What builds and checks DTOs recurses. */
const DEEPEST = 10;

const readBytes = express.raw({ type: () => true, limit: MOST_BYTES, inflate: false });

/** What body-parser found, in our words: its own may quote the body. */
const REFUSALS: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  'entity.too.large': [413, 'payload-too-large', `The body may hold at most ${MOST_BYTES} bytes`],
  'encoding.unsupported': [415, 'unsupported-media-type', 'The body must come without a Content-Encoding'],
};

/** Makes a handler take a JSON object; `@Body()` gives it as an instance of the DTO, checked. Read only after the guards. */
export function JsonBody(type: Type<object>): MethodDecorator {
  return applyDecorators(
    ApiConsumes('application/json'),
    ApiBody({ type }),
    ApiProblem(400, 'The body is not JSON or breaks a rule; nothing was changed', ProblemDto, 'invalid-request'),
    ApiProblem(413, 'The body is too large'),
    ApiProblem(415, 'The body is not application/json, or is compressed'),
    UseInterceptors(JsonBodyInterceptor),
  );
}

@Injectable()
class JsonBodyInterceptor implements NestInterceptor {
  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const http = context.switchToHttp();
    const req = http.getRequest<Request>();
    if (!/^application\/([\w.-]+\+)?json\s*(;|$)/i.test(req.get('content-type') ?? '')) {
      throw new ProblemException(415, 'unsupported-media-type', 'The body must be application/json');
    }
    await read(req, http.getResponse<Response>());
    req.body = parse(Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0));
    return next.handle();
  }
}

async function read(req: Request, res: Response): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    readBytes(req, res, (error?: unknown) => {
      if (!error) return resolve();
      const refusal = REFUSALS[(error as { type?: string }).type ?? ''];
      reject(refusal ? new ProblemException(...refusal) : malformed('is not complete'));
    });
  });
}

function parse(bytes: Buffer): object {
  if (!isUtf8(bytes)) throw malformed('must be UTF-8');
  if (boundBroken(bytes, { levels: DEEPEST })) throw malformed(`must not be nested deeper than ${DEEPEST} levels`);
  const text = bytes.toString('utf8');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed(describeJsonError(text));
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed('must be a JSON object');
  return value;
}

function malformed(what: string): ProblemException {
  return new ProblemException(400, 'malformed-json', `The body ${what}`);
}
