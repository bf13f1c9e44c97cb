import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayNotEmpty,
  ArrayUnique,
  IsArray,
  IsBoolean,
  IsIn,
  IsOptional,
  IsString,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { AUDIENCE_EVENT_TYPES, type AudienceEventType } from '../../event-types.js';

const LONGEST_URL = 2_000;
const LONGEST_DESCRIPTION = 500;
const URL_EXAMPLE = 'https://example.com/hooks/audiences';
const TYPES_RULE = { each: true, message: `must hold only ${AUDIENCE_EVENT_TYPES.join(', ')}` };

/** What every webhook may say of itself. */
class WebhookOptionsDto {
  @ApiProperty({
    type: [String],
    enum: AUDIENCE_EVENT_TYPES,
    nullable: true,
    required: false,
    example: ['ready', 'tooSmall'],
    description: 'Which events; null: all',
  })
  @IsOptional()
  @IsIn(AUDIENCE_EVENT_TYPES, TYPES_RULE)
  @ArrayUnique({ message: 'must hold each type once' })
  @ArrayMaxSize(AUDIENCE_EVENT_TYPES.length)
  @ArrayNotEmpty({ message: 'must not be empty; null means all' })
  @IsArray({ message: 'must be a list of event types' })
  readonly events?: AudienceEventType[] | null;

  @ApiProperty({ type: String, nullable: true, required: false, maxLength: LONGEST_DESCRIPTION, example: 'CRM' })
  @IsOptional()
  @MaxLength(LONGEST_DESCRIPTION)
  @IsString()
  readonly description?: string | null;

  @ApiProperty({ type: Boolean, required: false, example: true })
  @ValidateIf((_, value) => value !== undefined)
  @IsBoolean({ message: 'must be true or false' })
  readonly enabled?: boolean;
}

/** A webhook to be made. */
export class CreateWebhookDto extends WebhookOptionsDto {
  @ApiProperty({
    type: String,
    format: 'uri',
    maxLength: LONGEST_URL,
    example: URL_EXAMPLE,
    description: 'https, any port, no user name; must lead to public addresses',
  })
  @MaxLength(LONGEST_URL)
  @IsString()
  readonly url!: string;
}

/** What is to be changed of a webhook; what is left out stays. */
export class UpdateWebhookDto extends WebhookOptionsDto {
  @ApiProperty({ type: String, format: 'uri', required: false, maxLength: LONGEST_URL, example: URL_EXAMPLE })
  @ValidateIf((_, value) => value !== undefined)
  @MaxLength(LONGEST_URL)
  @IsString()
  readonly url?: string;
}
