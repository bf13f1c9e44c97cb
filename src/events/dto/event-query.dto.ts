import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsInt, IsOptional, IsUUID, Matches, Max, Min } from 'class-validator';
import { PageQueryDto } from '../../common/paging/page.dto.js';
import { AUDIENCE_EVENT_TYPES, type AudienceEventType } from '../event-types.js';
import type { EventFilter } from '../events.repository.js';

const NUMBER_RULE = { message: 'must be the id of an event, or 0' };

/** Which events to tell. */
export class EventFilterDto {
  @ApiProperty({
    type: String,
    required: false,
    example: 'ready,tooSmall',
    description: `Only these, comma-separated: ${AUDIENCE_EVENT_TYPES.join(', ')}`,
  })
  @IsOptional()
  @IsIn(AUDIENCE_EVENT_TYPES, { each: true, message: `must be of ${AUDIENCE_EVENT_TYPES.join(', ')}` })
  @Transform(
    ({ value }) => (typeof value === 'string' ? value.split(',').map((type) => type.trim()) : value) as unknown,
  )
  readonly type?: AudienceEventType[];

  @ApiProperty({ type: String, format: 'uuid', required: false, description: 'Only those of this custom audience' })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be a UUID' })
  readonly audience?: string;

  @ApiProperty({ type: String, required: false, example: 'facebook', description: 'Only those of this platform' })
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,64}$/, { message: 'must be a provider id' })
  readonly provider?: string;

  @ApiProperty({ type: String, required: false, example: 'facebook/eu', description: '`eu` or `facebook/eu`' })
  @IsOptional()
  @Matches(/^([a-z0-9-]{1,64}\/)?[a-z0-9-]{1,64}$/, { message: 'must be a tag or provider/tag' })
  readonly tag?: string;

  @ApiProperty({
    type: 'integer',
    minimum: 0,
    required: false,
    description: 'Only those after the event with this id; 0: from the first on',
  })
  @IsOptional()
  @Max(Number.MAX_SAFE_INTEGER, NUMBER_RULE)
  @Min(0, NUMBER_RULE)
  @IsInt(NUMBER_RULE)
  @Transform(({ value }) =>
    typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : (value as unknown),
  )
  readonly after?: number;
}

/** A page of events. */
export class EventQueryDto extends IntersectionType(PageQueryDto, EventFilterDto) {
  @ApiProperty({ type: String, enum: ['asc', 'desc'], default: 'asc', required: false, description: 'By id' })
  @IsIn(['asc', 'desc'], { message: 'must be asc or desc' })
  readonly order: 'asc' | 'desc' = 'asc';
}

/** The filter as the events are searched by it. `undefined`: it contradicts itself, there are none. */
export function toEventFilter(query: EventFilterDto): EventFilter | undefined {
  const [tag, ofTag] = query.tag?.split('/').toReversed() ?? [];
  if (ofTag !== undefined && query.provider !== undefined && ofTag !== query.provider) return undefined;
  return { types: query.type, audience: query.audience, provider: ofTag ?? query.provider, tag };
}
