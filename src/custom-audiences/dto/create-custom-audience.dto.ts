import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  ValidateNested,
} from 'class-validator';
import {
  CUSTOM_AUDIENCE_TYPES,
  type CustomAudienceType,
  ENGAGEMENT_TYPES,
  type EngagementType,
} from '../../providers/contract/custom-audience-words.js';
import { CUSTOM_AUDIENCE_SOURCES, type CustomAudienceSource } from '../records/custom-audience-row.js';
import { AppEventsDto, WebsiteRuleDto } from './custom-audience-parts.dto.js';
import {
  AudienceName,
  CustomAudiencePropertiesDto,
  LeftOut,
  ShortText,
  ShortTexts,
} from './custom-audience-properties.dto.js';

const LONGEST_ID = 100;
const MOST_RULES = 20;
const MOST_SOURCES = 50;

/** A new audience. */
export class CreateCustomAudienceDto extends CustomAudiencePropertiesDto {
  @ApiProperty({ type: String, example: 'facebook', description: 'A provider id of GET /providers' })
  @ShortText(LONGEST_ID)
  readonly platform!: string;

  @ApiProperty({ type: String, required: false, default: 'default', example: 'default', description: 'Which account' })
  @ShortText(LONGEST_ID)
  readonly tag: string = 'default';

  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: 200,
    example: 'Newsletter',
    description: 'Behind the prefix, as in POST /audience',
  })
  @AudienceName()
  readonly name!: string;

  @ApiProperty({
    type: Boolean,
    required: false,
    default: false,
    description: 'The audience is called by the name alone',
  })
  @IsBoolean({ message: 'must be true or false' })
  readonly disablePrefix: boolean = false;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_TYPES, required: false, default: 'customer-list' })
  @IsIn(CUSTOM_AUDIENCE_TYPES, { message: `must be one of ${CUSTOM_AUDIENCE_TYPES.join(', ')}` })
  readonly type: CustomAudienceType = 'customer-list';

  @ApiProperty({
    type: String,
    enum: CUSTOM_AUDIENCE_SOURCES,
    required: false,
    description: 'Default: what the type suggests, `crm` for a customer list',
  })
  @LeftOut()
  @IsIn(CUSTOM_AUDIENCE_SOURCES, { message: `must be one of ${CUSTOM_AUDIENCE_SOURCES.join(', ')}` })
  readonly source?: CustomAudienceSource;

  @ApiProperty({
    type: String,
    required: false,
    example: '1234567890',
    description: 'Id of the pixel or of the offline event set',
  })
  @IsOptional()
  @ShortText(LONGEST_ID)
  readonly pixel?: string | null;

  @ApiProperty({
    type: [WebsiteRuleDto],
    required: false,
    maxItems: MOST_RULES,
    description: 'People who meet one of them; absent: all visitors',
  })
  @IsOptional()
  @ValidateNested({ each: true })
  @IsObject({ each: true, message: 'must hold JSON objects' })
  @ArrayMaxSize(MOST_RULES, { message: `must have at most ${MOST_RULES} entries` })
  @ArrayMinSize(1, { message: 'must not be empty' })
  @IsArray({ message: 'must be an array' })
  @Type(() => WebsiteRuleDto)
  readonly websiteRules?: WebsiteRuleDto[] | null;

  @ApiProperty({ type: AppEventsDto, required: false })
  @IsOptional()
  @ValidateNested()
  @IsObject({ message: 'must be a JSON object' })
  @Type(() => AppEventsDto)
  readonly appEvents?: AppEventsDto | null;

  @ApiProperty({ type: String, enum: ENGAGEMENT_TYPES, required: false })
  @IsOptional()
  @IsIn(ENGAGEMENT_TYPES, { message: `must be one of ${ENGAGEMENT_TYPES.join(', ')}` })
  readonly engagementType?: EngagementType | null;

  @ApiProperty({
    type: [String],
    required: false,
    maxItems: MOST_SOURCES,
    description: 'Ids of the pages, videos, forms or accounts',
  })
  @IsOptional()
  @ShortTexts(MOST_SOURCES, LONGEST_ID, 1)
  readonly engagementSources?: string[] | null;
}
