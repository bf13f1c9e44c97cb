import { Controller, HttpCode, HttpStatus, Param, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Secured } from '../../auth/secured.decorator.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { ResumedTagDto, RetriedTagDto } from './dto/tag-action.dto.js';
import { TagActionsService } from './tag-actions.service.js';

const PROVIDER = { name: 'provider', example: 'facebook' };
const TAG = { name: 'tag', example: 'default' };

/** What an operator does about one account. */
@ApiTags('operation')
@Controller('providers/:provider/tags/:tag')
export class TagsController {
  constructor(private readonly actions: TagActionsService) {}

  @Post('resume')
  @HttpCode(HttpStatus.OK)
  @Secured('audience:write')
  @ApiOperation({
    summary: 'Let the deliveries of a stopped tag go on now',
    description:
      'For when its account was mended: otherwise one delivery tries now and then, and frees the others when it gets through.',
  })
  @ApiParam(PROVIDER)
  @ApiParam(TAG)
  @ApiOkResponse({ type: ResumedTagDto })
  @ApiProblem(404, 'No such tag is configured', undefined, 'tag-not-found')
  async resume(@Param('provider') provider: string, @Param('tag') tag: string): Promise<ResumedTagDto> {
    return { provider, tag, resumed: await this.actions.resume({ provider, tag }) };
  }

  @Post('retry')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @ApiOperation({
    summary: 'Queue all failed deliveries of a tag again, each from its last checkpoint',
    description: 'Those whose payload is no longer stored stay as they are and are counted.',
  })
  @ApiParam(PROVIDER)
  @ApiParam(TAG)
  @ApiAcceptedResponse({ type: RetriedTagDto })
  @ApiProblem(404, 'No such tag is configured', undefined, 'tag-not-found')
  async retry(@Param('provider') provider: string, @Param('tag') tag: string): Promise<RetriedTagDto> {
    return { provider, tag, ...(await this.actions.retryFailed({ provider, tag })) };
  }
}
