import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { JsonBody } from '../common/json/json-body.js';
import { uuidParameter } from '../common/http/uuid-parameter.js';
import { PageQueryDto } from '../common/paging/page.dto.js';
import { CustomAudiencesService } from './custom-audiences.service.js';
import { CustomAudienceDto } from './dto/custom-audience.dto.js';
import { CreateLookalikeDto } from './dto/lookalike.dto.js';
import { ShareAnswerDto, ShareCustomAudienceDto } from './dto/share.dto.js';
import { AudienceSizePageDto } from './dto/size-history.dto.js';
import { entityTag } from './entity-tag.js';
import { AudienceLookalikes } from './lifecycle/audience-lookalikes.service.js';
import { AudienceSharing } from './lifecycle/audience-sharing.service.js';
import { ApiPlatformProblems } from './platform/api-platform-problems.decorator.js';

/** What can be done with a custom audience as a whole. */
@ApiTags('custom audiences')
@Controller('custom-audiences/:id')
export class AudienceActionsController {
  constructor(
    private readonly audiences: CustomAudiencesService,
    private readonly sharing: AudienceSharing,
    private readonly lookalikes: AudienceLookalikes,
  ) {}

  @Post('shares')
  @HttpCode(HttpStatus.OK)
  @Secured('audience:write')
  @JsonBody(ShareCustomAudienceDto)
  @ApiOperation({ summary: 'Let other accounts of the platform use it' })
  @ApiOkResponse({ type: ShareAnswerDto, description: 'What the platform said of each account' })
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  @ApiProblem(409, 'The platform has no such audience yet, or no more', undefined, 'audience-not-there')
  @ApiPlatformProblems('The platform cannot share, and has something else instead; or it refuses')
  async share(@Param('id', uuidParameter) id: string, @Body() wanted: ShareCustomAudienceDto): Promise<ShareAnswerDto> {
    return { accounts: await this.sharing.share(await this.audiences.get(id), wanted) };
  }

  @Post('lookalikes')
  @Secured('audience:write')
  @JsonBody(CreateLookalikeDto)
  @ApiOperation({
    summary: 'Make an audience of people like those in this one',
    description: 'It is a custom audience of its own. The same request again completes what broke off.',
  })
  @ApiCreatedResponse({
    type: CustomAudienceDto,
    headers: { Location: { description: 'The new custom audience', schema: { type: 'string' } } },
  })
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  @ApiProblem(409, 'The name is taken, or the platform has no such audience yet', undefined, 'audience-exists')
  @ApiPlatformProblems('The platform has no lookalikes, and has something else instead; or it refuses')
  async createLookalike(
    @Param('id', uuidParameter) id: string,
    @Body() wanted: CreateLookalikeDto,
    @Res({ passthrough: true }) res: Response,
  ): Promise<CustomAudienceDto> {
    const row = await this.lookalikes.create(await this.audiences.get(id), wanted);
    res.setHeader('Location', `/custom-audiences/${row.id}`);
    res.setHeader('ETag', entityTag(row));
    return this.audiences.view(row);
  }

  @Get('sizes')
  @Secured('audience:read')
  @ApiOperation({ summary: 'What the platform said of its size, each time that it said something else; newest first' })
  @ApiOkResponse({ type: AudienceSizePageDto })
  @ApiProblem(400, 'A parameter is wrong')
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  async sizes(@Param('id', uuidParameter) id: string, @Query() query: PageQueryDto): Promise<AudienceSizePageDto> {
    return this.audiences.sizes((await this.audiences.get(id)).id, query);
  }
}
