import { ApiProperty, IntersectionType } from '@nestjs/swagger';
import { SESSION_ORIGINS, type SessionOrigin, UPLOAD_MODES, type UploadMode } from '../../common/upload-modes.js';
import { DELIVERY_STATES, type DeliveryState } from '../../deliveries/delivery-state.js';
import { PENDING_EXPLAINED } from '../../deliveries/dto/delivery.dto.js';
import type { AudienceType } from '../../providers/contract/audience-provider.js';
import {
  IDENTIFIER_FIELDS,
  type IdentifierField,
  REASON_WORDS,
  type RejectionReason,
} from '../../providers/contract/rejection-vocabulary.js';
import { SESSION_STATES, type SessionState } from '../session-progress.js';

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

  @ApiProperty({ type: 'integer', example: 0, description: PENDING_EXPLAINED })
  pending!: number;

  /** Of the accepted, who was new to the members store; 0 with `MEMBERS=off`, like the next two. */
  @ApiProperty({ type: 'integer', example: 6000 })
  added!: number;

  /** Of the accepted, who was in the audience just so and was not sent: only with `mode=mirror`. */
  @ApiProperty({ type: 'integer', example: 0 })
  unchanged!: number;

  /** Who was taken out of the members store. */
  @ApiProperty({ type: 'integer', example: 0 })
  removed!: number;

  @ApiProperty({ type: TagErrorDto, nullable: true })
  lastError!: TagErrorDto | null;
}

const SESSION_STATES_EXPLAINED =
  'receiving: batches are missing · expired: they are, and none came for SESSION_TTL_HOURS; a late one is still taken, and makes ' +
  'it receiving again · delivering: all are in · completed, completed-with-errors: all deliveries have ended';

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

  /** What it does with its users. */
  @ApiProperty({ type: String, enum: UPLOAD_MODES, example: 'append' })
  mode!: UploadMode;

  /**
   * `upload`: `POST /audience` or a file; `users`: by hand; `refresh`, `leavers` (those whom a mirror did not bring) and `erasure`
   * are the service's own.
   */
  @ApiProperty({ type: String, enum: SESSION_ORIGINS, example: 'upload' })
  origin!: SessionOrigin;

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, enum: SESSION_STATES, description: SESSION_STATES_EXPLAINED })
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

  /** When it expires unless another batch comes, or did; null once all are in. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  expiresAt!: string | null;

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

/** The batches that a session waits for. */
export class MissingBatchesDto {
  @ApiProperty({
    type: 'integer',
    enum: [0, 1, null],
    nullable: true,
    description: 'The sequence that this session begins with; null as long as neither 0 nor totalBatches came',
  })
  countsFrom!: 0 | 1 | null;

  @ApiProperty({ type: 'integer', example: 0, description: 'How many batches are missing' })
  missingCount!: number;

  @ApiProperty({
    type: 'array',
    items: { type: 'integer' },
    example: [],
    description:
      'The first 100 sequences that are certainly missing. While `countsFrom` is null, either 0 or totalBatches is missing as well',
  })
  missing!: number[];
}

export class SessionDetailDto extends IntersectionType(SessionDto, MissingBatchesDto) {
  @ApiProperty({ type: [RejectionTotalDto], description: 'Each one by row: GET /sessions/{id}/rejections' })
  rejections!: RejectionTotalDto[];
}

export class SessionPageDto {
  @ApiProperty({ type: [SessionDto] })
  items!: SessionDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last one' })
  nextCursor!: string | null;
}
