import { Body, Controller, Delete, Get, HttpCode, HttpStatus, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Response } from 'express';
import { Secured } from '../../auth/secured.decorator.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { uuidParameter } from '../../common/http/uuid-parameter.js';
import { JsonBody } from '../../common/json/json-body.js';
import { decodeCursor, encodeCursor } from '../../common/paging/page-cursor.js';
import { PageQueryDto } from '../../common/paging/page.dto.js';
import { ProblemDto } from '../../common/problem.dto.js';
import { CreateWebhookDto, UpdateWebhookDto } from './dto/webhook-body.dto.js';
import { toWebhookDto, WebhookDto, WebhookPageDto, WebhookWithSecretDto } from './dto/webhook.dto.js';
import { WebhooksService, type WebhookWithSecret } from './webhooks.service.js';

const BAD_URL = 'The url is not https, holds a user name, or does not lead to a public address';

@ApiTags('webhooks')
@Controller('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Post()
  @Secured('admin')
  @JsonBody(CreateWebhookDto)
  @ApiOperation({
    summary: 'Tell somebody of events from now on',
    description:
      'Each event is posted as `{ type, timestamp, data }`, signed by the scheme of https://www.standardwebhooks.com. Keep the ' +
      'secret of the answer: it is not shown again.',
  })
  @ApiCreatedResponse({ type: WebhookWithSecretDto, description: 'Made; `Location` leads to it' })
  @ApiProblem(409, 'There are as many webhooks as there may be', ProblemDto, 'too-many-webhooks')
  @ApiProblem(422, BAD_URL, ProblemDto, 'webhook-url-refused')
  async create(
    @Body() body: CreateWebhookDto,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookWithSecretDto> {
    const created = await this.webhooks.create(body);
    response.setHeader('Location', `/webhooks/${created.webhook.id}`);
    return withSecret(created, response);
  }

  @Get()
  @Secured('admin')
  @ApiOperation({ summary: 'Who is told of events, oldest first' })
  @ApiOkResponse({ type: WebhookPageDto })
  @ApiProblem(400, 'A parameter is wrong')
  async list(@Query() { cursor, limit }: PageQueryDto): Promise<WebhookPageDto> {
    const [after] = cursor === undefined ? [] : decodeCursor(cursor, ['uuid']);
    const rows = await this.webhooks.list(after, limit + 1);
    const shown = rows.slice(0, limit);
    const last = shown.at(-1);
    return { items: shown.map(toWebhookDto), nextCursor: rows.length > limit && last ? encodeCursor([last.id]) : null };
  }

  @Get(':id')
  @Secured('admin')
  @ApiOperation({ summary: 'One webhook' })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such webhook')
  async get(@Param('id', uuidParameter) id: string): Promise<WebhookDto> {
    return toWebhookDto(await this.webhooks.get(id));
  }

  @Patch(':id')
  @Secured('admin')
  @JsonBody(UpdateWebhookDto)
  @ApiOperation({
    summary: 'Change a webhook; what is left out stays',
    description:
      'One that is switched off gives up what it was still to be told; switched on, it is told of what happens from then on.',
  })
  @ApiOkResponse({ type: WebhookDto })
  @ApiProblem(404, 'There is no such webhook')
  @ApiProblem(422, BAD_URL, ProblemDto, 'webhook-url-refused')
  async update(@Param('id', uuidParameter) id: string, @Body() body: UpdateWebhookDto): Promise<WebhookDto> {
    return toWebhookDto(await this.webhooks.update(id, body));
  }

  @Delete(':id')
  @HttpCode(HttpStatus.NO_CONTENT)
  @Secured('admin')
  @ApiOperation({ summary: 'Forget a webhook and its deliveries' })
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such webhook')
  async delete(@Param('id', uuidParameter) id: string): Promise<void> {
    await this.webhooks.delete(id);
  }

  @Post(':id/rotate-secret')
  @HttpCode(HttpStatus.OK)
  @Secured('admin')
  @ApiOperation({ summary: 'Make a new secret; for 24 hours that of before signs as well' })
  @ApiOkResponse({ type: WebhookWithSecretDto })
  @ApiProblem(400, 'The id is not a UUID')
  @ApiProblem(404, 'There is no such webhook')
  async rotateSecret(
    @Param('id', uuidParameter) id: string,
    @Res({ passthrough: true }) response: Response,
  ): Promise<WebhookWithSecretDto> {
    return withSecret(await this.webhooks.rotateSecret(id), response);
  }
}

function withSecret({ webhook, secret }: WebhookWithSecret, response: Response): WebhookWithSecretDto {
  response.setHeader('Cache-Control', 'no-store');
  return { ...toWebhookDto(webhook), secret };
}
