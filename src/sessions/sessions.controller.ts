import { Controller, Get, Param, Query, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Response } from 'express';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { decodeCursor, encodeCursor } from '../common/paging/page-cursor.js';
import { uuidParameter } from '../common/http/uuid-parameter.js';
import { RejectionPageDto, RejectionQueryDto } from './dto/rejection.dto.js';
import { SessionDetailDto, SessionPageDto } from './dto/session.dto.js';
import { SessionQueryDto } from './dto/session-query.dto.js';
import { RejectionReportsService } from './rejections/rejection-reports.service.js';
import { SessionReportsService } from './session-reports.service.js';

@ApiTags('reading')
@Controller('sessions')
@Secured('audience:read')
@ApiExtraModels(RejectionPageDto)
export class SessionsController {
  constructor(
    private readonly sessions: SessionReportsService,
    private readonly rejections: RejectionReportsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'Audience uploads, newest first' })
  @ApiOkResponse({ type: SessionPageDto })
  @ApiProblem(400, 'A parameter is wrong')
  async list(@Query() query: SessionQueryDto): Promise<SessionPageDto> {
    const [before] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['uuid']);
    const items = await this.sessions.list(query, before, query.limit + 1);
    const shown = items.slice(0, query.limit);
    const last = shown.at(-1);
    return { items: shown, nextCursor: items.length > query.limit && last ? encodeCursor([last.id]) : null };
  }

  @Get(':id')
  @ApiOperation({ summary: 'How far one audience upload is' })
  @ApiOkResponse({ type: SessionDetailDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such session')
  get(@Param('id', uuidParameter) id: string): Promise<SessionDetailDto> {
    return this.sessions.get(id);
  }

  @Get(':id/rejections')
  @ApiOperation({ summary: 'Every user and identifier that was not sent or was refused, and why' })
  @ApiOkResponse({
    description: 'A page, or with `format=csv` all of them',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(RejectionPageDto) } },
      'text/csv': { schema: { type: 'string' } },
    },
  })
  @ApiProblem(400, 'A parameter is wrong')
  @ApiProblem(404, 'There is no such session')
  async listRejections(
    @Param('id', uuidParameter) id: string,
    @Query() query: RejectionQueryDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<RejectionPageDto | StreamableFile> {
    await this.sessions.find(id);
    if (query.format === 'json') return this.rejections.page(id, query);
    response.setHeader('Content-Disposition', `attachment; filename="rejections-${id}.csv"`);
    return new StreamableFile(this.rejections.csv(id, query), { type: 'text/csv; charset=utf-8' });
  }
}
