import { ApiProperty, PickType } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsInt, Max, Min } from 'class-validator';
import { BooleanOption } from '../../../common/http/boolean-option.js';
import { UploadOptionsDto } from '../../dto/upload-options.dto.js';

const DEFAULT_SHOWN = 10;
const MOST_SHOWN = 100;
const USERS_RULE = { message: `must be a whole number from 0 to ${MOST_SHOWN}` };

/** What of a batch is looked at, and how closely. */
export class PreviewOptionsDto extends PickType(UploadOptionsDto, ['channels', 'disablePrefix'] as const) {
  @ApiProperty({
    type: 'integer',
    minimum: 0,
    maximum: MOST_SHOWN,
    default: DEFAULT_SHOWN,
    required: false,
    description: 'How many users, the first ones of the batch, are shown one by one. All are counted',
  })
  @Max(MOST_SHOWN, USERS_RULE)
  @Min(0, USERS_RULE)
  @IsInt(USERS_RULE)
  @Transform(({ value }) => (typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : (value as unknown)))
  readonly users: number = DEFAULT_SHOWN;

  @BooleanOption('Show each step from the value to what is sent of it. For a batch of exactly one user')
  readonly explain: boolean = false;
}
