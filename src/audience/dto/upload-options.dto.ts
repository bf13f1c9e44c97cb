import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, IsIn, IsOptional, Matches } from 'class-validator';
import { BooleanOption } from '../../common/http/boolean-option.js';
import { UPLOAD_MODES, type UploadMode } from '../../common/upload-modes.js';

const MOST_CHANNELS = 100;
const CHANNELS_RULE = 'must be provider ids or provider/tag, separated by commas';

/** How one batch is delivered. */
export class UploadOptionsDto {
  @BooleanOption('The segment is called by the name alone')
  readonly disablePrefix: boolean = false;

  @BooleanOption('Answer when every tag has been served, with what became of the users')
  readonly sync: boolean = false;

  @BooleanOption(
    'Leave out users that break a rule, and tell them as rejections; otherwise one of them refuses the call',
  )
  readonly skipInvalid: boolean = false;

  @ApiProperty({
    type: String,
    required: false,
    enum: UPLOAD_MODES,
    default: 'append',
    description:
      'append: the users are added · mirror: the audience consists of the users of this session once all of it has been ' +
      'delivered · remove: they are taken out. The same for all batches of a session',
  })
  @IsIn(UPLOAD_MODES, { message: `must be one of ${UPLOAD_MODES.join(', ')}` })
  readonly mode: UploadMode = 'append';

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

/** An empty list is refused, not taken for all channels: a caller's empty variable must not widen where data goes. */
function toList(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return [...new Set(value.split(',').map((channel) => channel.trim()))];
}
