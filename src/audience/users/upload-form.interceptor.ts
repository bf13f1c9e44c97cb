import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import type { Observable } from 'rxjs';
import { findMistakes, invalidRequest, toDto } from '../../common/dto-validation.js';
import { joinMistakes } from '../../common/mistakes/mistakes.js';
import { formBody } from '../../common/multipart/form-body.js';
import { FormReader } from '../../common/multipart/form-reader.js';
import { handOn } from '../../common/multipart-json.js';
import { AppConfig } from '../../config/config.js';
import { BatchIntake } from '../../intake/batch-intake.service.js';
import { UploadAudienceDto } from '../dto/upload-audience.dto.js';
import { HEAD_PARTS } from '../dto/upload-form.js';
import { UploadOptionsDto } from '../dto/upload-options.dto.js';
import { DraftUsers } from './draft-users.service.js';
import { toldOf } from './told.js';
import { UserStream } from './user-stream.js';
import { UsersPart } from './users-part.js';

const NAMES = [...Object.keys(HEAD_PARTS), 'users', 'columns'];

/**
 * Reads the form of `POST /audience`: `@Body()` gives an `AudienceUpload`, its users taken in. All mistakes, of every part and
 * of the query, are answered together before the handler runs, but for those of a file that is read as it comes.
 */
@Injectable()
export class UploadFormInterceptor implements NestInterceptor {
  constructor(
    private readonly config: AppConfig,
    private readonly intake: BatchIntake,
    private readonly drafts: DraftUsers,
  ) {}

  async intercept(context: ExecutionContext, next: CallHandler): Promise<Observable<unknown>> {
    const req = context.switchToHttp().getRequest<Request>();
    const res = context.switchToHttp().getResponse<Response>();
    const options = toDto(UploadOptionsDto, req.query);
    const part = this.partOf(options);
    try {
      handOn(req, await this.read(part, options, req, res), options);
    } catch (error) {
      await part.discard();
      throw error;
    }
    return next.handle();
  }

  private async read(part: UsersPart, options: UploadOptionsDto, req: Request, res: Response): Promise<object> {
    const received = await new FormReader(NAMES, this.config, part).read(req, res);
    const head = formBody(UploadAudienceDto, HEAD_PARTS, received, this.config);
    const ofQuery = findMistakes(options);
    const isFine = head.mistakes.total + ofQuery.total === 0;
    const told = isFine ? toldOf(head.body as UploadAudienceDto, options) : undefined;
    const users = await part.finish(received, told);
    const mistakes = joinMistakes([head.mistakes, users.mistakes, ofQuery]);
    if (mistakes.total > 0) throw invalidRequest(mistakes);
    return Object.assign(head.body, { users: users.taken });
  }

  private partOf(options: UploadOptionsDto): UsersPart {
    const { maxUploadRows: maxRows, maxUploadBytes: maxBytes } = this.config;
    // What is neither yes nor no is refused with the other mistakes.
    const skipInvalid = options.skipInvalid === true;
    const stream = new UserStream(this.drafts, { skipInvalid, maxRows, maxBytes });
    return new UsersPart(this.config, this.intake, stream, skipInvalid);
  }
}
