import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { CUSTOM_AUDIENCE_SOURCES, type CustomAudienceSource } from '../records/custom-audience-row.js';
import { AudienceName, CustomAudiencePropertiesDto, LeftOut } from './custom-audience-properties.dto.js';

/** What is to change; all else stays. `null` takes a value away. */
export class UpdateCustomAudienceDto extends CustomAudiencePropertiesDto {
  @ApiProperty({
    type: String,
    required: false,
    minLength: 1,
    maxLength: 200,
    example: 'blotout_Newsletter 2027',
    description: 'The whole name, as it is read: no prefix is put before it',
  })
  @LeftOut()
  @AudienceName()
  readonly name?: string;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_SOURCES, required: false })
  @LeftOut()
  @IsIn(CUSTOM_AUDIENCE_SOURCES, { message: `must be one of ${CUSTOM_AUDIENCE_SOURCES.join(', ')}` })
  readonly source?: CustomAudienceSource;
}
