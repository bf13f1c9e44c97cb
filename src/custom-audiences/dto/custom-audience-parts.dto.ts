import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsOptional, ValidateNested } from 'class-validator';
import { ShortText, ShortTexts } from './custom-audience-properties.dto.js';

const OPERATORS = ['contains', 'equals', 'starts-with'] as const;
const LONGEST_WORD = 100;
const LONGEST_URL = 2_000;
const MOST_EVENTS = 50;

/** Which addresses of a web site. */
export class WebsiteUrlDto {
  @ApiProperty({ type: String, enum: OPERATORS, example: 'contains' })
  @IsIn(OPERATORS, { message: `must be one of ${OPERATORS.join(', ')}` })
  readonly operator!: (typeof OPERATORS)[number];

  @ApiProperty({ type: String, minLength: 1, maxLength: LONGEST_URL, example: '/checkout' })
  @ShortText(LONGEST_URL)
  readonly value!: string;
}

/** One way to be a visitor: people who meet one of the rules. */
export class WebsiteRuleDto {
  @ApiProperty({
    type: String,
    required: false,
    maxLength: LONGEST_WORD,
    example: 'Purchase',
    description: 'Absent: every visit',
  })
  @IsOptional()
  @ShortText(LONGEST_WORD)
  readonly event?: string;

  @ApiProperty({ type: WebsiteUrlDto, required: false, description: 'Absent: every address' })
  @IsOptional()
  @ValidateNested()
  @IsObject({ message: 'must be a JSON object' })
  @Type(() => WebsiteUrlDto)
  readonly url?: WebsiteUrlDto;
}

/** What people did in an app. */
export class AppEventsDto {
  @ApiProperty({ type: String, maxLength: LONGEST_WORD, example: '1234567890' })
  @ShortText(LONGEST_WORD)
  readonly appId!: string;

  @ApiProperty({ type: [String], minItems: 1, maxItems: MOST_EVENTS, example: ['fb_mobile_purchase'] })
  @ShortTexts(MOST_EVENTS, LONGEST_WORD, 1)
  readonly events!: readonly string[];
}

/** What somebody should look at. */
export class AudienceWarningDto {
  @ApiProperty({ type: String, example: 'low-match-rate' })
  readonly code!: string;

  @ApiProperty({ type: String, example: 'The platform knows few of the people' })
  readonly message!: string;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly since!: string;
}

/** Something on the platform that uses the audience. */
export class AudienceUseDto {
  @ApiProperty({ type: String, example: '120210000000000001' })
  readonly id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Spring' })
  readonly name!: string | null;
}

/** A lookalike that was made of the audience. */
export class LookalikeRefDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Our record; null: made elsewhere' })
  readonly id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '120210000000000002', description: 'The platform’s id' })
  readonly audienceId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'blotout_Newsletter (lookalike)' })
  readonly name!: string | null;
}

/** The list behind an audience of customers. */
export class CustomerListDto {
  @ApiProperty({ type: 'integer', nullable: true, description: 'People in the members store; null: it is off' })
  readonly members!: number | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly lastUploadAt!: string | null;

  @ApiProperty({ type: 'integer', example: 3, description: 'Sessions that brought or took users' })
  readonly uploads!: number;
}
