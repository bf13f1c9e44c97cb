import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, IsUUID, Matches } from 'class-validator';
import { PageQueryDto } from '../../common/paging/page.dto.js';
import type { DeliveryRow } from '../deliveries.repository.js';
import { DELIVERY_STATES, type DeliveryState } from '../delivery-state.js';
import { pendingOf } from './user-counts.js';

/** Which deliveries to list. */
export class DeliveryQueryDto extends PageQueryDto {
  @ApiProperty({ type: String, format: 'uuid', required: false, description: 'Only those of this session' })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be a UUID' })
  readonly session?: string;

  @ApiProperty({ type: String, required: false, description: '`facebook` or `facebook/eu`' })
  @IsOptional()
  @Matches(/^[a-z0-9-]{1,64}(\/[a-z0-9-]{1,64})?$/, { message: 'must be a provider id or provider/tag' })
  readonly tag?: string;

  @ApiProperty({ type: String, format: 'uuid', required: false, description: 'A custom audience' })
  @IsOptional()
  @IsUUID(undefined, { message: 'must be the id of a custom audience' })
  readonly customAudience?: string;

  @ApiProperty({ type: String, enum: DELIVERY_STATES, required: false })
  @IsOptional()
  @IsIn(DELIVERY_STATES, { message: `must be one of ${DELIVERY_STATES.join(', ')}` })
  readonly state?: DeliveryState;
}

/** Why a delivery waits or failed. */
export class DeliveryFailureDto {
  @ApiProperty({ type: String, example: 'rate-limited' })
  readonly code!: string;

  @ApiProperty({ type: String, description: 'The platform’s reason, without any value of a user' })
  readonly message!: string;

  @ApiProperty({ type: String, nullable: true, example: '80003/2446079', description: 'The platform’s own code' })
  readonly platformCode!: string | null;

  @ApiProperty({ type: Boolean, description: 'Whether it may succeed without anybody changing anything' })
  readonly retryable!: boolean;
}

/** What `pending` says, for the API's document. */
export const PENDING_EXPLAINED =
  'Users that nothing is decided about: received = accepted + skipped + rejected + pending, at every moment. 0 once the delivery ' +
  'has succeeded; of a failed or cancelled one it is what was left unsent';

/** One batch going to one account. `received = accepted + skipped + rejected + pending` at every moment. */
export class DeliveryDto {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ type: String, format: 'uuid' })
  readonly session!: string;

  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, example: 'blotout_Newsletter', description: 'Name of the audience on the platform' })
  readonly segment!: string;

  @ApiProperty({ type: String, enum: DELIVERY_STATES })
  readonly state!: DeliveryState;

  @ApiProperty({ type: 'integer', description: 'How often a worker has taken it up' })
  readonly attempts!: number;

  @ApiProperty({ type: String, nullable: true, description: 'The platform’s id of the audience, once known' })
  readonly audienceId!: string | null;

  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'Our record of the audience' })
  readonly customAudience!: string | null;

  @ApiProperty({ type: 'integer' })
  readonly received!: number;

  @ApiProperty({ type: 'integer' })
  readonly accepted!: number;

  @ApiProperty({ type: 'integer' })
  readonly skipped!: number;

  @ApiProperty({ type: 'integer' })
  readonly rejected!: number;

  @ApiProperty({ type: 'integer', description: PENDING_EXPLAINED })
  readonly pending!: number;

  @ApiProperty({ type: 'integer', description: 'Of the accepted, who was new to the members store' })
  readonly added!: number;

  @ApiProperty({ type: 'integer', description: 'Of the accepted, who was there just so and was not sent (mirror)' })
  readonly unchanged!: number;

  @ApiProperty({ type: 'integer', description: 'Who was taken out of the members store' })
  readonly removed!: number;

  @ApiProperty({ type: DeliveryFailureDto, nullable: true })
  readonly error!: DeliveryFailureDto | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true, description: 'When a waiting delivery goes on' })
  readonly nextAttemptAt!: string | null;

  @ApiProperty({
    type: Boolean,
    description: 'It waits until its tag works again, not for a time: see `GET /providers`',
  })
  readonly waitsForTag!: boolean;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly startedAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  readonly settledAt!: string | null;
}

export class DeliveryPageDto {
  @ApiProperty({ type: [DeliveryDto] })
  readonly items!: DeliveryDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last one' })
  readonly nextCursor!: string | null;
}

/** What is shown of a delivery's row. */
export function toDeliveryDto(row: DeliveryRow): DeliveryDto {
  const { id, session, provider, tag, segment, state, attempts, audienceId, received, accepted, skipped, rejected } =
    row;
  const { errorCode, errorMessage, platformCode, retryable, dueAt, held, createdAt, startedAt, settledAt } = row;
  const identity = {
    id,
    session,
    provider,
    tag,
    segment,
    state,
    attempts,
    audienceId,
    customAudience: row.customAudience,
  };
  const { added, unchanged, removed } = row;
  const counts = { received, accepted, skipped, rejected, pending: pendingOf(row), added, unchanged, removed };
  return {
    ...identity,
    ...counts,
    error: errorCode
      ? { code: errorCode, message: errorMessage ?? '', platformCode, retryable: retryable ?? false }
      : null,
    nextAttemptAt: held ? null : (dueAt?.toISOString() ?? null),
    waitsForTag: held,
    createdAt: createdAt.toISOString(),
    startedAt: startedAt?.toISOString() ?? null,
    settledAt: settledAt?.toISOString() ?? null,
  };
}
