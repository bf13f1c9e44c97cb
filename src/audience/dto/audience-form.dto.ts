import { ApiProperty } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import { IsIn, IsObject, IsString, Matches, MaxLength, ValidateNested } from 'class-validator';
import type { AudienceType } from '../../providers/contract/audience-provider.js';
import { AudienceUserDto } from '../../uploads/dto/audience-user.dto.js';
import { IsUsersArray } from '../../uploads/users-part.js';
import { BatchDto } from './batch.dto.js';

const AUDIENCE_TYPES: readonly AudienceType[] = ['custom', 'primary'];
const LONGEST_NAME = 200;

/** Two made-up people: a reserved domain and reserved telephone numbers. */
export const EXAMPLE_USERS = [
  {
    edgeTagId: 'edge-10001',
    email: 'ada@example.com',
    phone: '+1 202 555 0143',
    firstName: 'Ada',
    lastName: 'Example',
    country: 'US',
    postalCode: '20500',
    purchase: { currency: 'USD', profit: 129.9, total7Days: 59.95 },
  },
  { edgeTagId: 'edge-10002', email: 'grace@example.com', phone: '(202) 555-0178', country: 'US' },
];

/** One batch of an audience whose users are held in memory. */
export class AudienceFormDto {
  /** Kept verbatim; the segment's name on every platform, behind the prefix. */
  @ApiProperty({ type: String, minLength: 1, maxLength: LONGEST_NAME, example: 'Newsletter' })
  @Matches(/\S/, { message: 'must not be blank' })
  @Matches(/^\P{Cc}*$/u, { message: 'must not hold control characters' })
  @MaxLength(LONGEST_NAME, { message: `must have at most ${LONGEST_NAME} characters` })
  @IsString({ message: 'must be a string' })
  readonly name!: string;

  @ApiProperty({ type: String, enum: AUDIENCE_TYPES, default: 'custom', required: false, example: 'custom' })
  @IsIn(AUDIENCE_TYPES, { message: `must be one of ${AUDIENCE_TYPES.join(', ')}` })
  readonly type: AudienceType = 'custom';

  @ApiProperty({
    type: BatchDto,
    example: { sessionId: 1795200000, sequence: 1, totalBatches: 1, totalUsers: 2, pullDate: '2026-11-20' },
  })
  @ValidateNested()
  @IsObject({ message: 'must be a JSON object' })
  @Type(() => BatchDto)
  readonly batch!: BatchDto;

  @ApiProperty({ type: [AudienceUserDto], minItems: 1, example: EXAMPLE_USERS })
  @IsUsersArray()
  readonly users!: AudienceUserDto[];
}

/** What a batch says of itself. */
export type AudienceHead = Pick<AudienceFormDto, 'name' | 'type' | 'batch'>;
