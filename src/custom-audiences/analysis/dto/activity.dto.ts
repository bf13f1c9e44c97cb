import { ApiProperty } from '@nestjs/swagger';
import { SESSION_ORIGINS, type SessionOrigin, UPLOAD_MODES, type UploadMode } from '../../../common/upload-modes.js';
import { DELIVERY_STATES, type DeliveryState } from '../../../deliveries/delivery-state.js';
import {
  CUSTOM_AUDIENCE_STATUSES,
  type CustomAudienceStatus,
} from '../../../providers/contract/custom-audience-words.js';
import {
  IDENTIFIER_FIELDS,
  type IdentifierField,
  REASON_WORDS,
  type RejectionReason,
} from '../../../providers/contract/rejection-vocabulary.js';

const USERS = { type: 'integer', example: 9_990 } as const;
const FEW = { type: 'integer', example: 3 } as const;
const DATE_TIME = { type: String, format: 'date-time' } as const;
const SECONDS = { type: Number, example: 4.2, description: 'Seconds' } as const;

/** What the platform said of the size. */
export class SizePointDto {
  @ApiProperty(DATE_TIME)
  readonly at!: string;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_STATUSES })
  readonly status!: CustomAudienceStatus;

  @ApiProperty({ type: 'integer', nullable: true, example: 81_000 })
  readonly size!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 81_400 })
  readonly matchedUsers!: number | null;

  @ApiProperty({ type: 'integer', example: 100_000 })
  readonly uploadedRecords!: number;
}

/** What the deliveries that ended on one day changed. */
export class GrowthDayDto {
  @ApiProperty({ type: String, format: 'date', description: 'UTC' })
  readonly date!: string;

  @ApiProperty({ ...USERS, description: 'Members who were new' })
  readonly added!: number;

  @ApiProperty({ ...USERS, example: 120, description: 'Members who were taken out' })
  readonly removed!: number;
}

/** Users or identifiers that were not sent or were refused. */
export class RejectionFigureDto {
  @ApiProperty({
    type: String,
    enum: [...IDENTIFIER_FIELDS, null],
    nullable: true,
    description: 'null: the whole user',
  })
  readonly field!: IdentifierField | null;

  @ApiProperty({ type: String, enum: REASON_WORDS, example: 'missing-country' })
  readonly reason!: RejectionReason;

  @ApiProperty({ type: 'integer', example: 310 })
  readonly users!: number;
}

/** Deliveries that took less than so long. */
export class DurationBinDto {
  @ApiProperty({ type: 'integer', nullable: true, example: 5, description: 'Less than this; null: a day and more' })
  readonly upToSeconds!: number | null;

  @ApiProperty(FEW)
  readonly deliveries!: number;
}

/** How long deliveries took, from being queued to success or failure. */
export class DurationFiguresDto {
  @ApiProperty(SECONDS)
  readonly median!: number;

  @ApiProperty(SECONDS)
  readonly p90!: number;

  @ApiProperty(SECONDS)
  readonly max!: number;

  @ApiProperty({ type: [DurationBinDto] })
  readonly histogram!: readonly DurationBinDto[];
}

/** Deliveries to the audience. */
export class DeliveryFiguresDto {
  @ApiProperty(FEW)
  readonly total!: number;

  @ApiProperty({
    type: 'object',
    properties: Object.fromEntries(DELIVERY_STATES.map((state) => [state, { type: 'integer' as const }])),
    example: { succeeded: 3 },
    description: 'How many are in each state that occurs',
  })
  readonly states!: Readonly<Partial<Record<DeliveryState, number>>>;

  @ApiProperty({ type: DurationFiguresDto, nullable: true, description: 'null: none succeeded or failed yet' })
  readonly durations!: DurationFiguresDto | null;
}

/** One session as far as it went to this audience. */
export class SessionFiguresDto {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ type: String, example: 'Newsletter' })
  readonly name!: string;

  @ApiProperty({ type: String, enum: UPLOAD_MODES })
  readonly mode!: UploadMode;

  @ApiProperty({ type: String, enum: SESSION_ORIGINS })
  readonly origin!: SessionOrigin;

  @ApiProperty(DATE_TIME)
  readonly createdAt!: string;

  @ApiProperty({ ...DATE_TIME, nullable: true, description: 'When its last delivery ended; null: one is open' })
  readonly settledAt!: string | null;

  @ApiProperty(FEW)
  readonly deliveries!: number;

  @ApiProperty({ ...FEW, example: 0, description: 'Deliveries that failed' })
  readonly failed!: number;

  @ApiProperty(USERS)
  readonly received!: number;

  @ApiProperty(USERS)
  readonly accepted!: number;

  @ApiProperty({ ...USERS, example: 7 })
  readonly skipped!: number;

  @ApiProperty({ ...USERS, example: 3 })
  readonly rejected!: number;

  @ApiProperty({ ...USERS, example: 4_000 })
  readonly added!: number;

  @ApiProperty({ ...USERS, example: 0 })
  readonly removed!: number;
}
