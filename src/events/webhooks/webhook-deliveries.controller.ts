import { Controller, Get, HttpCode, HttpStatus, Param, Post, Query } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Secured } from '../../auth/secured.decorator.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { uuidParameter } from '../../common/http/uuid-parameter.js';
import { decodeCursor, encodeCursor } from '../../common/paging/page-cursor.js';
import {
  toWebhookDeliveryDto,
  WebhookDeliveryDto,
  WebhookDeliveryPageDto,
  WebhookDeliveryQueryDto,
} from './dto/webhook-delivery.dto.js';
import { WebhooksService } from './webhooks.service.js';

@ApiTags('webhooks')
@Controller('webhooks/:id')
export class WebhookDeliveriesController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post('test')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('admin')
  @ApiOperation({
    summary: 'Send a message of the type `test`, once',
    description: 'What became of it stands among the deliveries a moment later. It is not retried by itself.',
  })
  @ApiAcceptedResponse({ type: WebhookDeliveryDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such webhook')
  async test(@Param('id', uuidParameter) id: string): Promise<WebhookDeliveryDto> {
    return toWebhookDeliveryDto(await this.webhooks.test(id));
  }

  @Get('deliveries')
  @Secured('admin')
  @ApiOperation({ summary: 'What a webhook was told, newest first; settled ones are kept for 30 days' })
  @ApiOkResponse({ type: WebhookDeliveryPageDto })
  @ApiProblem(400, 'The id is not a UUID, or a parameter is wrong')
  @ApiProblem(404, 'There is no such webhook')
  async list(
    @Param('id', uuidParameter) id: string,
    @Query() { cursor, state, limit }: WebhookDeliveryQueryDto,
  ): Promise<WebhookDeliveryPageDto> {
    const [before] = cursor === undefined ? [] : decodeCursor(cursor, ['uuid']);
    const rows = await this.webhooks.listDeliveries(id, { state, before }, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    const nextCursor = rows.length > limit && last ? encodeCursor([last.id]) : null;
    return { items: shown.map(toWebhookDeliveryDto), nextCursor };
  }

  @Post('deliveries/:deliveryId/retry')
  @HttpCode(HttpStatus.ACCEPTED)
  @Secured('admin')
  @ApiOperation({ summary: 'Send a settled delivery again, with the same `webhook-id`; its retries begin anew' })
  @ApiAcceptedResponse({ type: WebhookDeliveryDto })
  @ApiProblem(400, 'An id is not a UUID')
  @ApiProblem(404, 'There is no such webhook or delivery')
  @ApiProblem(409, 'It is not settled, or the webhook is switched off')
  async retry(
    @Param('id', uuidParameter) id: string,
    @Param('deliveryId', uuidParameter) deliveryId: string,
  ): Promise<WebhookDeliveryDto> {
    return toWebhookDeliveryDto(await this.webhooks.retry(id, deliveryId));
  }
}
