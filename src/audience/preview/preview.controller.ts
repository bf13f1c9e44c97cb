import { Body, Controller, Header, HttpCode, HttpStatus, Post, Query } from '@nestjs/common';
import { ApiHeader, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Secured } from '../../auth/secured.decorator.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { MultipartJson } from '../../common/multipart-json.js';
import { ProblemDto } from '../../common/problem.dto.js';
import { AudienceFormDto } from '../dto/audience-form.dto.js';
import { PreviewAnswerDto } from './dto/preview-answer.dto.js';
import { EXPLAIN_EXAMPLE, PREVIEW_EXAMPLE } from './dto/preview-examples.js';
import { PREVIEW_FORM } from './dto/preview-form.js';
import { PreviewOptionsDto } from './dto/preview-options.dto.js';
import { PreviewService } from './preview.service.js';

@ApiTags('audience')
@Controller('audience/preview')
export class PreviewController {
  constructor(private readonly previews: PreviewService) {}

  // The scope of uploads: a body holds values of users, and the digests of an answer stand for them.
  @Post()
  @HttpCode(HttpStatus.OK)
  @Header('Cache-Control', 'no-store')
  @Secured('audience:write')
  @MultipartJson(PREVIEW_FORM)
  @ApiHeader({ name: 'X-Request-Id', required: false, description: 'Echoed, and written to the log' })
  @ApiOperation({
    summary: 'See what a batch would become on every account, without sending it',
    description:
      'Takes what `POST /audience` takes. Nothing is sent, nothing is stored and no platform is asked: each account’s rules are ' +
      'applied to all users, and the first ones are shown with the digest of everything that would be sent of them. ' +
      '`explain=true` shows, for one user, each step from a value to its digest.',
  })
  @ApiOkResponse({
    type: PreviewAnswerDto,
    description: 'What would be sent, what would be left out and why',
    examples: {
      preview: { summary: 'A batch of 100 users, the first one shown', value: PREVIEW_EXAMPLE },
      explain: { summary: 'explain=true: every step of one user', value: EXPLAIN_EXAMPLE },
    },
  })
  @ApiProblem(503, 'No account is configured', ProblemDto, 'no-tag-configured')
  preview(@Body() upload: AudienceFormDto, @Query() options: PreviewOptionsDto): Promise<PreviewAnswerDto> {
    return this.previews.preview(upload, options);
  }
}
