import {
  Body,
  Controller,
  Delete,
  Get,
  Headers,
  HttpCode,
  HttpStatus,
  Param,
  Patch,
  Post,
  Query,
  Req,
  Res,
} from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiHeader,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiTags,
} from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { JsonBody } from '../common/json/json-body.js';
import { uuidParameter } from '../common/http/uuid-parameter.js';
import { CustomAudiencesService } from './custom-audiences.service.js';
import { CreateCustomAudienceDto } from './dto/create-custom-audience.dto.js';
import { CustomAudienceDto, CustomAudiencePageDto } from './dto/custom-audience.dto.js';
import { CustomAudienceQueryDto } from './dto/custom-audience-query.dto.js';
import { UpdateCustomAudienceDto } from './dto/update-custom-audience.dto.js';
import { entityTag } from './entity-tag.js';
import { AudienceCreation } from './lifecycle/audience-creation.service.js';
import { AudienceDeletion } from './lifecycle/audience-deletion.service.js';
import { AudienceUpdate } from './lifecycle/audience-update.service.js';
import { ApiPlatformProblems } from './platform/api-platform-problems.decorator.js';

const ETAG = {
  ETag: { description: 'The version, for If-Match', schema: { type: 'string' as const, example: '"1"' } },
};
const IF_MATCH = { name: 'If-Match', required: false, description: 'The ETag that was read: refused when it is stale' };
const LOCATION = { Location: { description: 'The new resource', schema: { type: 'string' as const } } };

/** One audience in one account of one platform, as a resource. */
@ApiTags('custom audiences')
@Controller('custom-audiences')
export class CustomAudiencesController {
  constructor(
    private readonly audiences: CustomAudiencesService,
    private readonly creation: AudienceCreation,
    private readonly updates: AudienceUpdate,
    private readonly deletion: AudienceDeletion,
  ) {}

  @Get()
  @Secured('audience:read')
  @ApiOperation({ summary: 'The custom audiences of all accounts' })
  @ApiOkResponse({ type: CustomAudiencePageDto })
  @ApiProblem(400, 'A parameter is wrong')
  list(@Query() query: CustomAudienceQueryDto): Promise<CustomAudiencePageDto> {
    return this.audiences.list(query);
  }

  @Post()
  @Secured('audience:write')
  @JsonBody(CreateCustomAudienceDto)
  @ApiOperation({
    summary: 'Find or make a customer list, or make an audience that fills itself',
    description:
      'After an answer other than 201 nothing is half done: the same request again completes what broke off.',
  })
  @ApiCreatedResponse({ type: CustomAudienceDto, headers: { ...ETAG, ...LOCATION } })
  @ApiProblem(
    409,
    'The account has an audience of this name; Location and errors[0].id say which',
    undefined,
    'audience-exists',
  )
  @ApiPlatformProblems('The platform lacks a property, and has something else instead; or it refuses')
  async create(
    @Body() wanted: CreateCustomAudienceDto,
    @Res({ passthrough: true }) res: Response,
  ): Promise<CustomAudienceDto> {
    const row = await this.creation.create(wanted);
    res.setHeader('Location', `/custom-audiences/${row.id}`);
    res.setHeader('ETag', entityTag(row));
    return this.audiences.view(row);
  }

  @Get(':id')
  @Secured('audience:read')
  @ApiOperation({ summary: 'One custom audience: what it is, what the platform says of it, where it is used' })
  @ApiOkResponse({ type: CustomAudienceDto, headers: ETAG })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  async get(
    @Param('id', uuidParameter) id: string,
    @Req() req: Request,
    @Res({ passthrough: true }) res: Response,
  ): Promise<CustomAudienceDto> {
    const row = await this.audiences.get(id);
    // The tag is that of changes by hand: it cannot say that the figures are still the same.
    delete req.headers['if-none-match'];
    res.setHeader('ETag', entityTag(row));
    return this.audiences.view(row);
  }

  @Patch(':id')
  @Secured('audience:write')
  @JsonBody(UpdateCustomAudienceDto)
  @ApiOperation({
    summary: 'Change a custom audience',
    description:
      'Name, description and retentionDays are changed on the platform too. Without If-Match the last one wins.',
  })
  @ApiHeader(IF_MATCH)
  @ApiOkResponse({ type: CustomAudienceDto, headers: ETAG })
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  @ApiProblem(409, 'The name is taken, or the platform has no such audience (any more)', undefined, 'audience-exists')
  @ApiProblem(412, 'It was changed since it was read', undefined, 'stale-version')
  @ApiPlatformProblems('The platform cannot change this, and says what it can; or it refuses')
  async update(
    @Param('id', uuidParameter) id: string,
    @Body() wanted: UpdateCustomAudienceDto,
    @Headers('if-match') ifMatch: string | undefined,
    @Res({ passthrough: true }) res: Response,
  ): Promise<CustomAudienceDto> {
    const row = await this.updates.update(await this.audiences.get(id), wanted, ifMatch);
    res.setHeader('ETag', entityTag(row));
    return this.audiences.view(row);
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @Secured('audience:write')
  @ApiOperation({
    summary: 'Delete a custom audience on the platform and here',
    description:
      'Open deliveries to it are cancelled, and its stored members forgotten. Repeating it completes what broke off.',
  })
  @ApiHeader(IF_MATCH)
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  @ApiProblem(409, 'The platform refuses: it is in use, or others are made of it', undefined, 'request-rejected')
  @ApiProblem(412, 'It was changed since it was read', undefined, 'stale-version')
  @ApiPlatformProblems('The platform cannot delete audiences')
  async delete(
    @Param('id', uuidParameter) id: string,
    @Headers('if-match') ifMatch: string | undefined,
  ): Promise<void> {
    await this.deletion.delete(await this.audiences.get(id), ifMatch);
  }
}
