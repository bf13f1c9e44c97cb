import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsIn, IsOptional } from 'class-validator';
import { PageQueryDto } from '../../common/paging/page.dto.js';
import {
  CUSTOM_AUDIENCE_STATUSES,
  CUSTOM_AUDIENCE_TYPES,
  type CustomAudienceStatus,
  type CustomAudienceType,
} from '../../providers/contract/custom-audience-words.js';
import { AUDIENCE_SORTS, type AudienceSort } from '../records/audience-order.js';
import { ShortText, ShortTexts } from './custom-audience-properties.dto.js';

const ORDERS = ['asc', 'desc'] as const;

/** Which custom audiences to list. */
export class CustomAudienceQueryDto extends PageQueryDto {
  @ApiProperty({ type: String, required: false, example: 'facebook', description: 'A provider id' })
  @IsOptional()
  @ShortText(100)
  readonly platform?: string;

  @ApiProperty({ type: String, required: false, example: 'default', description: 'Our name of the account' })
  @IsOptional()
  @ShortText(100)
  readonly tag?: string;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_TYPES, required: false })
  @IsOptional()
  @IsIn(CUSTOM_AUDIENCE_TYPES, { message: `must be one of ${CUSTOM_AUDIENCE_TYPES.join(', ')}` })
  readonly type?: CustomAudienceType;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_STATUSES, required: false })
  @IsOptional()
  @IsIn(CUSTOM_AUDIENCE_STATUSES, { message: `must be one of ${CUSTOM_AUDIENCE_STATUSES.join(', ')}` })
  readonly status?: CustomAudienceStatus;

  @ApiProperty({ type: String, required: false, description: 'Anywhere in the name or the description, in any case' })
  @IsOptional()
  @ShortText(200)
  readonly text?: string;

  @ApiProperty({
    type: String,
    required: false,
    example: 'newsletter,eu',
    description: 'All of these words, separated by commas',
  })
  @IsOptional()
  @ShortTexts(50, 100, 1)
  @Transform(({ value }) =>
    typeof value === 'string' ? value.split(',').map((tag) => tag.trim()) : (value as unknown),
  )
  readonly tags?: string[];

  @ApiProperty({ type: String, enum: AUDIENCE_SORTS, required: false, default: 'createdAt' })
  @IsIn(AUDIENCE_SORTS, { message: `must be one of ${AUDIENCE_SORTS.join(', ')}` })
  readonly sort: AudienceSort = 'createdAt';

  @ApiProperty({
    type: String,
    enum: ORDERS,
    required: false,
    default: 'desc',
    description: 'No size counts as the least',
  })
  @IsIn(ORDERS, { message: `must be one of ${ORDERS.join(', ')}` })
  readonly order: (typeof ORDERS)[number] = 'desc';
}
