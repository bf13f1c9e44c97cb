import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, IsOptional, Max, Min, ValidateBy, type ValidationArguments } from 'class-validator';

const MOST_BATCHES = 1_000_000;

/** Which batch of which audience upload this is. */
export class BatchDto {
  @ApiProperty({ type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, example: 1795200000 })
  @IsIntegerBetween(0, Number.MAX_SAFE_INTEGER)
  readonly sessionId!: number;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'From 0 or from 1, at most totalBatches', example: 1 })
  @IsAtMostTotalBatches()
  @IsIntegerBetween(0, MOST_BATCHES)
  readonly sequence!: number;

  @ApiProperty({ type: 'integer', minimum: 1, maximum: MOST_BATCHES, example: 1 })
  @IsIntegerBetween(1, MOST_BATCHES)
  readonly totalBatches!: number;

  @ApiProperty({ type: 'integer', format: 'int64', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, example: 2 })
  @IsIntegerBetween(0, Number.MAX_SAFE_INTEGER)
  readonly totalUsers!: number;

  @ApiProperty({ type: String, format: 'date', required: false, nullable: true, example: '2026-11-20' })
  @ValidateBy({
    name: 'isDay',
    validator: { validate: isDay, defaultMessage: () => 'must be a real date, YYYY-MM-DD' },
  })
  @IsOptional()
  @Transform(({ value }) => (value === null ? undefined : (value as unknown)))
  readonly pullDate?: string;
}

/** A number that is whole and exact, not its text. */
function IsIntegerBetween(least: number, most: number): PropertyDecorator {
  const options = { message: `must be a whole number from ${least} to ${most}` };
  return (target, property) => {
    for (const apply of [Min(least, options), Max(most, options), IsInt(options)]) apply(target, property);
  };
}

function IsAtMostTotalBatches(): PropertyDecorator {
  return ValidateBy({
    name: 'isAtMostTotalBatches',
    validator: {
      validate: (value, args) => isAtMost(value, (args as ValidationArguments).object as BatchDto),
      defaultMessage: () => 'must be at most totalBatches',
    },
  });
}

/** A number that is wrong by itself, on either side, is a mistake of its own. */
function isAtMost(sequence: unknown, { totalBatches }: Readonly<Record<'totalBatches', unknown>>): boolean {
  const isComparable = typeof sequence === 'number' && typeof totalBatches === 'number' && totalBatches >= 1;
  return !isComparable || sequence <= totalBatches;
}

function isDay(value: unknown): boolean {
  if (typeof value !== 'string' || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  // The database knows no year 0.
  if (value.startsWith('0000')) return false;
  const time = Date.parse(`${value}T00:00:00.000Z`);
  // `Date` takes 30 February for 2 March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}
