import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../../common/paging/page.dto.js';
import { AUDIENCE_EVENT_TYPES } from '../../event-types.js';
import type { WebhookDeliveryRow, WebhookDeliveryState } from '../webhook-deliveries.repository.js';
import { TEST_TYPE } from '../sending/webhook-message.js';
import { WEBHOOK_ERRORS } from '../sending/webhook-outcome.js';

const STATES: readonly WebhookDeliveryState[] = ['pending', 'delivered', 'failed'];

/** Which deliveries to list. */
export class WebhookDeliveryQueryDto extends PageQueryDto {
  @ApiProperty({ type: String, enum: STATES, required: false })
  @IsOptional()
  @IsIn(STATES, { message: `must be one of ${STATES.join(', ')}` })
  readonly state?: WebhookDeliveryState;
}

/** One event for one webhook. */
export class WebhookDeliveryDto {
  @ApiProperty({
    type: String,
    format: 'uuid',
    example: '01980f6e-9d3b-7c11-b0a6-5a1f0c2d4e68',
    description: 'Sent as `webhook-id` with every attempt',
  })
  readonly id!: string;

  @ApiProperty({ type: 'integer', nullable: true, example: 4711, description: 'The event; null: a test' })
  readonly event!: number | null;

  @ApiProperty({ type: String, enum: [...AUDIENCE_EVENT_TYPES, TEST_TYPE], example: 'ready' })
  readonly type!: string;

  @ApiProperty({ type: String, enum: STATES, example: 'delivered' })
  readonly state!: WebhookDeliveryState;

  @ApiProperty({ type: 'integer', example: 1, description: 'Since it was made or last retried by hand' })
  readonly attempts!: number;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: null })
  readonly nextAttemptAt!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 204, description: 'Of the last answer' })
  readonly statusCode!: number | null;

  @ApiProperty({
    type: String,
    enum: WEBHOOK_ERRORS,
    nullable: true,
    example: null,
    description: 'Of the last attempt',
  })
  readonly error!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-21T10:00:00.000Z' })
  readonly createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, example: '2026-11-21T10:00:00.120Z' })
  readonly settledAt!: string | null;
}

export class WebhookDeliveryPageDto {
  @ApiProperty({ type: [WebhookDeliveryDto] })
  readonly items!: WebhookDeliveryDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'For the next page; null on the last one' })
  readonly nextCursor!: string | null;
}

/** What is shown of a delivery's row. */
export function toWebhookDeliveryDto(row: WebhookDeliveryRow): WebhookDeliveryDto {
  const { id, event, type, state, attempts, dueAt, statusCode, error, createdAt, settledAt } = row;
  return {
    ...{ id, event, type: type ?? TEST_TYPE, state, attempts },
    nextAttemptAt: state === 'pending' ? (dueAt?.toISOString() ?? null) : null,
    ...{ statusCode, error },
    createdAt: createdAt.toISOString(),
    settledAt: settledAt?.toISOString() ?? null,
  };
}
