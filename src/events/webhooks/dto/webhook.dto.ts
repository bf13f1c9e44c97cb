import { ApiProperty } from '@nestjs/swagger';
import { AUDIENCE_EVENT_TYPES } from '../../event-types.js';
import type { WebhookRow } from '../webhooks.repository.js';

/** Somebody who is told of events. The secret is not shown again. */
export class WebhookDto {
  @ApiProperty({ type: String, format: 'uuid', example: '01980f6e-7c1a-7b52-a2f4-3f6f2f0f7f57' })
  readonly id!: string;

  @ApiProperty({ type: String, format: 'uri', example: 'https://example.com/hooks/audiences' })
  readonly url!: string;

  @ApiProperty({ type: String, nullable: true, example: 'CRM' })
  readonly description!: string | null;

  @ApiProperty({
    type: [String],
    enum: AUDIENCE_EVENT_TYPES,
    nullable: true,
    example: ['ready', 'tooSmall'],
    description: 'null: all',
  })
  readonly events!: string[] | null;

  @ApiProperty({
    type: Boolean,
    example: true,
    description: 'Switched off by hand, or because the receiver answered 410 (Gone)',
  })
  readonly enabled!: boolean;

  @ApiProperty({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'Until then the secret of before the last rotation signs as well',
  })
  readonly previousSecretUntil!: string | null;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-21T10:00:00.000Z' })
  readonly createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-21T10:00:00.000Z' })
  readonly updatedAt!: string;
}

/** A webhook whose secret was just made. */
export class WebhookWithSecretDto extends WebhookDto {
  @ApiProperty({
    type: String,
    example: 'whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD2Ll1cQmwVvk=',
    description: 'Verifies the signatures; shown only now',
  })
  readonly secret!: string;
}

export class WebhookPageDto {
  @ApiProperty({ type: [WebhookDto] })
  readonly items!: WebhookDto[];

  @ApiProperty({ type: String, nullable: true, example: null, description: 'For the next page; null on the last one' })
  readonly nextCursor!: string | null;
}

/** What is shown of a webhook's row. */
export function toWebhookDto(row: WebhookRow): WebhookDto {
  const { id, url, description, events, enabled, previousUntil, createdAt, updatedAt } = row;
  const isOver = previousUntil === null || previousUntil.getTime() <= Date.now();
  return {
    ...{ id, url, description, events, enabled },
    previousSecretUntil: isOver ? null : previousUntil.toISOString(),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
