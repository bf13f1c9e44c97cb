import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Matches, Max, Min } from 'class-validator';

const LARGEST_PAGE = 500;
const DEFAULT_PAGE = 50;
const LIMIT_RULE = { message: `must be a whole number from 1 to ${LARGEST_PAGE}` };

/** Which page of a list. Extended by the queries of the lists. */
export class PageQueryDto {
  @ApiProperty({
    type: 'integer',
    minimum: 1,
    maximum: LARGEST_PAGE,
    default: DEFAULT_PAGE,
    required: false,
    description: 'Most entries of the page',
  })
  @Max(LARGEST_PAGE, LIMIT_RULE)
  @Min(1, LIMIT_RULE)
  @IsInt(LIMIT_RULE)
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown)))
  readonly limit: number = DEFAULT_PAGE;

  @ApiProperty({ type: String, required: false, description: '`nextCursor` of the page before' })
  @IsOptional()
  @Matches(/^[\w-]{1,1000}$/, { message: 'must be the nextCursor of an earlier page' })
  readonly cursor?: string;
}
