import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
} from 'class-validator';
import { UPDATE_FREQUENCIES, type UpdateFrequency } from '../records/custom-audience-row.js';

const LONGEST_NAME = 200;
const LONGEST_TEXT = 1_000;
const MOST_TAGS = 50;
const LONGEST_TAG = 100;
/** The longest that any platform keeps people; what a platform takes is its own to say. */
const LONGEST_RETENTION = 540;
const RETENTION_RULE = { message: `must be a whole number from 1 to ${LONGEST_RETENTION}` };

/** A name of an audience. */
export function AudienceName(): PropertyDecorator {
  return applyDecorators(
    Matches(/\S/, { message: 'must not be blank' }),
    Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' }),
    MaxLength(LONGEST_NAME, { message: `must have at most ${LONGEST_NAME} characters` }),
    IsString({ message: 'must be a string' }),
  );
}

/** May be left out, and not be null. */
export function LeftOut(): PropertyDecorator {
  return ValidateIf((_, value) => value !== undefined);
}

/** A short text of the caller's, such as an id. */
export function ShortText(longest: number): PropertyDecorator {
  return applyDecorators(
    Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' }),
    Length(1, longest, { message: `must have 1 to ${longest} characters` }),
    IsString({ message: 'must be a string' }),
  );
}

/** A list of short texts. */
export function ShortTexts(most: number, longest: number, fewest = 0): PropertyDecorator {
  return applyDecorators(
    Matches(/^\P{Cc}*$/u, { each: true, message: 'must not hold control characters' }),
    Length(1, longest, { each: true, message: `must hold texts of 1 to ${longest} characters` }),
    IsString({ each: true, message: 'must hold strings' }),
    ArrayMaxSize(most, { message: `must have at most ${most} entries` }),
    ArrayMinSize(fewest, { message: 'must not be empty' }),
    IsArray({ message: 'must be an array' }),
  );
}

/** What can be said of an audience when it is made and later. */
export class CustomAudiencePropertiesDto {
  @ApiProperty({
    type: String,
    nullable: true,
    required: false,
    maxLength: LONGEST_TEXT,
    example: 'Readers of the newsletter',
  })
  @IsOptional()
  @MaxLength(LONGEST_TEXT, { message: `must have at most ${LONGEST_TEXT} characters` })
  @IsString({ message: 'must be a string' })
  readonly description?: string | null;

  @ApiProperty({ type: String, nullable: true, required: false, maxLength: LONGEST_NAME, example: 'Example Ltd' })
  @IsOptional()
  @ShortText(LONGEST_NAME)
  readonly business?: string | null;

  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: 1,
    maximum: LONGEST_RETENTION,
    description: 'Days that people stay in it; mostly up to 180, and GET /providers has the range of each platform',
  })
  @LeftOut()
  @Max(LONGEST_RETENTION, RETENTION_RULE)
  @Min(1, RETENTION_RULE)
  @IsInt(RETENTION_RULE)
  readonly retentionDays?: number;

  @ApiProperty({
    type: Boolean,
    required: false,
    description: 'Whether the stored members are sent again by themselves',
  })
  @LeftOut()
  @IsBoolean({ message: 'must be true or false' })
  readonly autoUpdate?: boolean;

  @ApiProperty({ type: String, enum: UPDATE_FREQUENCIES, nullable: true, required: false })
  @IsOptional()
  @IsIn(UPDATE_FREQUENCIES, { message: `must be one of ${UPDATE_FREQUENCIES.join(', ')}` })
  readonly updateFrequency?: UpdateFrequency | null;

  @ApiProperty({ type: Boolean, nullable: true, required: false })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly gdprCompliant?: boolean | null;

  @ApiProperty({ type: Boolean, nullable: true, required: false })
  @IsOptional()
  @IsBoolean({ message: 'must be true or false' })
  readonly consentCollected?: boolean | null;

  @ApiProperty({
    type: [String],
    required: false,
    maxItems: MOST_TAGS,
    example: ['newsletter'],
    description: 'Words of your own',
  })
  @LeftOut()
  @ShortTexts(MOST_TAGS, LONGEST_TAG)
  readonly tags?: string[];

  @ApiProperty({
    type: Object,
    additionalProperties: true,
    required: false,
    example: { owner: 'crm' },
    description: 'Your own',
  })
  @LeftOut()
  @IsObject({ message: 'must be a JSON object' })
  readonly metadata?: Record<string, unknown>;
}
