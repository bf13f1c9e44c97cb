import { ApiProperty } from '@nestjs/swagger';
import { AUDIENCE_EVENT_TYPES } from '../event-types.js';
import type { EventRow } from '../events.repository.js';

/** Something that happened to a custom audience. It never holds a value of a user. */
export class EventDto {
  @ApiProperty({
    type: 'integer',
    example: 4711,
    description: 'Counts up by one with each event, in the order in which they happened',
  })
  readonly id!: number;

  @ApiProperty({ type: String, enum: AUDIENCE_EVENT_TYPES, example: 'ready' })
  readonly type!: string;

  @ApiProperty({
    type: String,
    format: 'uuid',
    example: '01980f6e-7c1a-7b52-a2f4-3f6f2f0f7f57',
    description: 'The custom audience; it may be deleted by now',
  })
  readonly audience!: string;

  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, format: 'date-time', example: '2026-11-21T10:00:00.000Z' })
  readonly at!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    example: { size: 12000 },
    description: 'What the type has to tell, see README',
  })
  readonly data!: object;
}

export class EventPageDto {
  @ApiProperty({ type: [EventDto] })
  readonly items!: EventDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'For the next page; null on the last one. To go on from there later, give the last id as `after`',
  })
  readonly nextCursor!: string | null;
}

/** What is shown of an event's row. */
export function toEventDto({ id, type, audience, provider, tag, at, data }: EventRow): EventDto {
  return { id, type, audience, provider, tag, at: at.toISOString(), data };
}
