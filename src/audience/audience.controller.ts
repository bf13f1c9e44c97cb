import { Body, Controller, HttpCode, HttpStatus, Post, Query, Res, UseInterceptors } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { RequestId } from '../common/http/request-id.js';
import { ApiMultipart } from '../common/multipart-json.js';
import { ProblemDto } from '../common/problem.dto.js';
import { AudienceService } from './audience.service.js';
import { UploadAnswerDto, UploadProblemDto } from '../deliveries/dto/upload-answer.dto.js';
import { UploadAudienceDto } from './dto/upload-audience.dto.js';
import { UploadOptionsDto } from './dto/upload-options.dto.js';
import type { AudienceUpload } from './users/taken-users.js';
import { UploadFormInterceptor } from './users/upload-form.interceptor.js';

const HEADERS = {
  Location: { description: 'The session this batch belongs to', schema: { type: 'string' as const } },
  'Idempotent-Replay': {
    description: '`true` when this batch was received before; nothing was sent twice',
    schema: { type: 'string' as const },
  },
};

const STORED_FIRST =
  'Answers once the batch is durably stored; with `sync=true` once every account has been served. Sending the same batch ' +
  'again is safe: it gets the first answer again and nothing is sent twice.';

@ApiTags('audience')
@Controller('audience')
export class AudienceController {
  constructor(private readonly audiences: AudienceService) {}

  @Post()
  @HttpCode(HttpStatus.OK)
  @Secured('audience:write')
  @UseInterceptors(UploadFormInterceptor)
  @ApiMultipart(UploadAudienceDto, ['batch', 'users', 'columns'])
  @ApiHeader({ name: 'X-Request-Id', required: false, description: 'Echoed, and written to the log' })
  @ApiOperation({
    summary: 'Bring one batch of an audience to every configured account',
    description: STORED_FIRST,
  })
  @ApiOkResponse({
    type: UploadAnswerDto,
    description: 'Stored; with `sync=true`, delivered to every tag',
    headers: HEADERS,
  })
  @ApiProblem(409, 'This sequence or session was received before with other content', ProblemDto, 'sequence-conflict')
  @ApiProblem(
    422,
    'An audience of this name takes no users, or `mode=mirror` with `MEMBERS=off`',
    ProblemDto,
    'not-offered',
  )
  @ApiProblem(502, '`sync=true`: some tags were not served; the others were', UploadProblemDto)
  @ApiProblem(503, 'No account is configured', ProblemDto, 'no-tag-configured')
  @ApiProblem(504, '`sync=true`: not all tags were served in time; see Location', ProblemDto, 'sync-timeout')
  async upload(
    @Body() upload: AudienceUpload,
    @Query() options: UploadOptionsDto,
    @RequestId() requestId: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<UploadAnswerDto> {
    const { session, replayed, results } = await this.audiences.upload(upload, options, requestId);
    response.setHeader('Location', `/sessions/${session}`);
    if (replayed) response.setHeader('Idempotent-Replay', 'true');
    return results ? { success: true, results: [...results] } : { success: true };
  }
}
