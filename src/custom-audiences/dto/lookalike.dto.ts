import { ApiProperty } from '@nestjs/swagger';
import { IsBoolean, IsIn, IsInt, IsNumber, IsOptional, IsString, Matches, Max, MaxLength, Min } from 'class-validator';
import { AudienceName, LeftOut, ShortTexts } from './custom-audience-properties.dto.js';

const REACHES = ['narrow', 'balanced', 'broad'] as const;
const RATIO_RULE = { message: 'must be a number from 0.01 to 0.2' };
const PEOPLE_RULE = { message: 'must be a whole number, 1 or more' };
const MOST_PLACES = 50;

/** An audience of people like those in the given one. */
export class CreateLookalikeDto {
  @ApiProperty({
    type: String,
    minLength: 1,
    maxLength: 200,
    example: 'Newsletter (lookalike)',
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

  @ApiProperty({ type: String, required: false, maxLength: 1000 })
  @IsOptional()
  @MaxLength(1_000, { message: 'must have at most 1000 characters' })
  @IsString({ message: 'must be a string' })
  readonly description?: string | null;

  @ApiProperty({
    type: [String],
    required: false,
    maxItems: MOST_PLACES,
    example: ['US'],
    description: 'ISO 3166-1 alpha-2; at least one unless `locations` is given',
  })
  @Matches(/^[A-Z]{2}$/, { each: true, message: 'must hold ISO 3166-1 alpha-2 codes, such as US' })
  @ShortTexts(MOST_PLACES, 2)
  readonly countries: string[] = [];

  @ApiProperty({
    type: [String],
    required: false,
    maxItems: MOST_PLACES,
    example: ['urn:li:geo:103644278'],
    description: 'Places in the platform’s own ids',
  })
  @LeftOut()
  @ShortTexts(MOST_PLACES, 200, 1)
  readonly locations?: string[];

  @ApiProperty({
    type: String,
    enum: REACHES,
    required: false,
    default: 'balanced',
    description: 'Platforms with a ratio: 1, 5 and 10 percent',
  })
  @IsIn(REACHES, { message: `must be one of ${REACHES.join(', ')}` })
  readonly reach: (typeof REACHES)[number] = 'balanced';

  @ApiProperty({
    type: Number,
    required: false,
    minimum: 0.01,
    maximum: 0.2,
    description: 'Share of the country’s people, where the platform counts so; goes before `reach`',
  })
  @LeftOut()
  @Max(0.2, RATIO_RULE)
  @Min(0.01, RATIO_RULE)
  @IsNumber({}, RATIO_RULE)
  readonly ratio?: number;

  @ApiProperty({
    type: 'integer',
    required: false,
    minimum: 1,
    description: 'People wanted, where the platform counts so',
  })
  @LeftOut()
  @Max(Number.MAX_SAFE_INTEGER, PEOPLE_RULE)
  @Min(1, PEOPLE_RULE)
  @IsInt(PEOPLE_RULE)
  readonly people?: number;
}
