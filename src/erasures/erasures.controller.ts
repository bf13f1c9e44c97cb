import { Body, Controller, Get, HttpCode, HttpStatus, Param, Post, Query, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { uuidParameter } from '../common/http/uuid-parameter.js';
import { JsonBody } from '../common/json/json-body.js';
import { PageQueryDto } from '../common/paging/page.dto.js';
import { decodeCursor, encodeCursor } from '../common/paging/page-cursor.js';
import { ErasureDto, ErasurePageDto, NewErasureDto } from './dto/erasure.dto.js';
import { ErasuresService } from './erasures.service.js';

@ApiTags('erasures')
@Controller('erasures')
export class ErasuresController {
  constructor(private readonly erasures: ErasuresService) {}

  @Post()
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @JsonBody(NewErasureDto)
  @ApiOperation({
    summary: 'Forget a person: in every audience on every platform, and in our own store',
    description:
      'Takes an e-mail address, a phone number, an edgeTagId, or several of one person. The answer is the receipt, which is ' +
      'completed as platforms confirm, and can be fetched later; it names nobody.',
  })
  @ApiAcceptedResponse({
    type: ErasureDto,
    headers: { Location: { description: 'The receipt', schema: { type: 'string' } } },
  })
  async create(@Body() person: NewErasureDto, @Res({ passthrough: true }) response: Response): Promise<ErasureDto> {
    const erasure = await this.erasures.create(person);
    response.setHeader('Location', `/erasures/${erasure.id}`);
    return erasure;
  }

  @Get()
  @Secured('audience:read')
  @ApiOperation({ summary: 'Receipts, newest first' })
  @ApiOkResponse({ type: ErasurePageDto })
  @ApiProblem(400, 'A parameter is wrong')
  async list(@Query() { cursor, limit }: PageQueryDto): Promise<ErasurePageDto> {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['uuid']);
    const rows = await this.erasures.list(before, limit + 1);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return { items, nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
  }

  @Get(':id')
  @Secured('audience:read')
  @ApiOperation({ summary: 'The receipt of one erasure' })
  @ApiOkResponse({ type: ErasureDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such erasure')
  async get(@Param('id', uuidParameter) id: string): Promise<ErasureDto> {
    return this.erasures.get(id);
  }
}
