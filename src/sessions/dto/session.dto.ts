import { ApiProperty } from '@nestjs/swagger';
import { DELIVERY_STATES, type DeliveryState } from '../../deliveries/delivery-state.js';
import type { AudienceType } from '../../providers/contract/audience-provider.js';
import {
  IDENTIFIER_FIELDS,
  type IdentifierField,
  REASON_WORDS,
  type RejectionReason,
} from '../../providers/contract/rejection-vocabulary.js';
import type { SessionState } from '../session-progress.js';

/** Why deliveries of a tag do not get through right now, or did not. */
export class TagErrorDto {
  @ApiProperty({ example: 'rate-limited' })
  code!: string;

  /** The platform's reason, without any value of a user. */
  @ApiProperty()
  message!: string;

  /** When it is tried again; null when it is not. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  nextAttemptAt!: string | null;
}

/** How far one tag is. `received = accepted + skipped + rejected + pending` at every moment. */
export class TagProgressDto {
  @ApiProperty({ example: 'facebook' })
  provider!: string;

  @ApiProperty({ example: 'default' })
  tag!: string;

  /** The platform's id of the audience, once known. */
  @ApiProperty({ type: String, nullable: true, example: '120210987654321098' })
  audienceId!: string | null;

  /** Deliveries (one a batch) in each state that occurs. */
  @ApiProperty({
    type: 'object',
    additionalProperties: { type: 'integer' },
    description: `Deliveries by state: ${DELIVERY_STATES.join(', ')}`,
    example: { succeeded: 4 },
  })
  deliveries!: Partial<Record<DeliveryState, number>>;

  /** Users that came for this tag. */
  @ApiProperty({ type: 'integer', example: 10000 })
  received!: number;

  /** Users that the platform took. */
  @ApiProperty({ type: 'integer', example: 9990 })
  accepted!: number;

  /** Users without any identifier that this platform can match: not sent. */
  @ApiProperty({ type: 'integer', example: 8 })
  skipped!: number;

  /** Users that were sent and refused by the platform. */
  @ApiProperty({ type: 'integer', example: 2 })
  rejected!: number;

  /** Users not decided yet. */
  @ApiProperty({ type: 'integer', example: 0 })
  pending!: number;

  @ApiProperty({ type: TagErrorDto, nullable: true })
  lastError!: TagErrorDto | null;
}

/** One audience upload and how far it is. */
export class SessionDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ example: 'Newsletter' })
  name!: string;

  @ApiProperty({ enum: ['custom', 'primary'] })
  type!: AudienceType;

  @ApiProperty({ type: 'integer', example: 1795200000 })
  sessionId!: number;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ enum: ['receiving', 'delivering', 'completed', 'completed-with-errors'] })
  state!: SessionState;

  @ApiProperty({ type: 'integer', example: 4 })
  totalBatches!: number;

  @ApiProperty({ type: 'integer', example: 4 })
  batchesReceived!: number;

  /** What the caller said would come. */
  @ApiProperty({ type: 'integer', example: 10000 })
  totalUsers!: number;

  @ApiProperty({ type: 'integer', example: 10000 })
  usersReceived!: number;

  @ApiProperty({ type: [String], description: 'What is odd without being an error' })
  warnings!: string[];

  @ApiProperty({ type: [TagProgressDto] })
  tags!: TagProgressDto[];
}

/** How many users (or identifiers of users) were left out for one reason. */
export class RejectionTotalDto {
  @ApiProperty({ example: 'facebook' })
  provider!: string;

  @ApiProperty({ example: 'default' })
  tag!: string;

  /** The identifier that was left out; null: the whole user. */
  @ApiProperty({ type: String, enum: [...IDENTIFIER_FIELDS, null], nullable: true, example: 'phone' })
  field!: IdentifierField | null;

  @ApiProperty({ type: String, enum: REASON_WORDS, example: 'missing-country' })
  reason!: RejectionReason;

  @ApiProperty({ type: 'integer', example: 12 })
  users!: number;
}

export class SessionDetailDto extends SessionDto {
  @ApiProperty({ type: [RejectionTotalDto], description: 'Each one by row: GET /sessions/{id}/rejections' })
  rejections!: RejectionTotalDto[];
}

export class SessionPageDto {
  @ApiProperty({ type: [SessionDto] })
  items!: SessionDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last one' })
  nextCursor!: string | null;
}
