import { Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Secured } from '../auth/secured.decorator.js';
import { ApiProblem } from '../common/api-problem.decorator.js';
import { decodeCursor, encodeCursor } from '../common/paging/page-cursor.js';
import { uuidParameter } from '../common/http/uuid-parameter.js';
import { DeliveriesService } from './deliveries.service.js';
import { DeliveryDto, DeliveryPageDto, DeliveryQueryDto, toDeliveryDto } from './dto/delivery.dto.js';

@ApiTags('reading')
@Controller('deliveries')
export class DeliveriesController {
  constructor(private readonly deliveries: DeliveriesService) {}

  @Get()
  @Secured('audience:read')
  @ApiOperation({ summary: 'Deliveries, oldest first: one per batch and tag' })
  @ApiOkResponse({ type: DeliveryPageDto })
  @ApiProblem(400, 'A parameter is wrong')
  async list(@Query() query: DeliveryQueryDto): Promise<DeliveryPageDto> {
    const [after] = query.cursor === undefined ? [] : decodeCursor(query.cursor, ['uuid']);
    const [provider, tag] = query.tag?.split('/') ?? [];
    const { session, state, customAudience, limit } = query;
    const rows = await this.deliveries.list({ session, state, customAudience, provider, tag }, after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > limit && last ? encodeCursor([last.id]) : null;
    return { items: shown.map(toDeliveryDto), nextCursor };
  }

  @Get(':id')
  @Secured('audience:read')
  @ApiOperation({ summary: 'One delivery: state, attempts, counts, last error' })
  @ApiOkResponse({ type: DeliveryDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such delivery')
  async get(@Param('id', uuidParameter) id: string): Promise<DeliveryDto> {
    return toDeliveryDto(await this.deliveries.get(id));
  }

  @Post(':id/retry')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('audience:write')
  @ApiOperation({ summary: 'Queue a failed delivery again, from its last checkpoint' })
  @ApiAcceptedResponse({ type: DeliveryDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such delivery')
  @ApiProblem(409, 'It has not failed, or its payload is no longer stored')
  async retry(@Param('id', uuidParameter) id: string): Promise<DeliveryDto> {
    return toDeliveryDto(await this.deliveries.retry(id));
  }

  @Post(':id/cancel')
  @HttpCode(HttpStatus.OK)
  @Secured('audience:write')
  @ApiOperation({ summary: 'End a delivery; what was delivered stays delivered' })
  @ApiOkResponse({ type: DeliveryDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such delivery')
  @ApiProblem(409, 'It is settled already')
  async cancel(@Param('id', uuidParameter) id: string): Promise<DeliveryDto> {
    return toDeliveryDto(await this.deliveries.cancel(id));
  }
}
