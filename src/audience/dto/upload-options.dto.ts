import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsBoolean, IsOptional, Matches } from 'class-validator';

const MOST_CHANNELS = 100;
const BOOLEAN_RULE = { message: 'must be true or false' };
const CHANNELS_RULE = 'must be provider ids or provider/tag, separated by commas';

/** How one batch is delivered. */
export class UploadOptionsDto {
  /** The segment is called by the name alone. */
  @ApiProperty({ type: Boolean, default: false, required: false })
  @IsBoolean(BOOLEAN_RULE)
  @Transform(({ value }) => toBoolean(value))
  readonly disablePrefix: boolean = false;

  /** Answer when every tag has been served, with what became of the users. */
  @ApiProperty({ type: Boolean, default: false, required: false })
  @IsBoolean(BOOLEAN_RULE)
  @Transform(({ value }) => toBoolean(value))
  readonly sync: boolean = false;

  /** Such as `facebook` and `facebook/eu`, each once. */
  @ApiProperty({
    type: String,
    required: false,
    pattern: '^[a-z0-9-]+(/[a-z0-9-]+)?( *, *[a-z0-9-]+(/[a-z0-9-]+)?)*$',
    description: 'Only these: provider ids or provider/tag, separated by commas. Unset: every configured tag',
  })
  @Matches(/^[a-z0-9-]{1,64}(\/[a-z0-9-]{1,64})?$/, { each: true, message: CHANNELS_RULE })
  @ArrayMaxSize(MOST_CHANNELS, { message: `must name at most ${MOST_CHANNELS}` })
  @IsOptional()
  @Transform(({ value }) => toList(value))
  readonly channels?: string[];
}

/** Anything but the two words stays as it is, for the rule to refuse. */
function toBoolean(value: unknown): unknown {
  if (value === 'true') return true;
  return value === 'false' || value === '' ? false : value;
}

/** An empty list is refused, not taken for all channels: a caller's empty variable must not widen where data goes. */
function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return [...new Set(value.split(',').map((channel) => channel.trim()))];
}
