import { ApiProperty } from '@nestjs/swagger';
import { IsOptional, IsString, Matches, MaxLength, ValidateIf } from 'class-validator';

const LONGEST = 320;
const TEXT = { message: 'must be a string' };
const LENGTH = { message: `must have at most ${LONGEST} characters` };
const NOT_BLANK = { message: 'must not be blank' };

/** Whom to forget; at least one of the three. */
export class NewErasureDto {
  @ApiProperty({ type: String, required: false, example: 'ada@example.com', maxLength: LONGEST })
  @Matches(/\S/, NOT_BLANK)
  @MaxLength(LONGEST, LENGTH)
  @IsString(TEXT)
  @ValidateIf(({ email, phone, edgeTagId }: NewErasureDto) => given(email) || (!given(phone) && !given(edgeTagId)))
  readonly email?: string;

  @ApiProperty({ type: String, required: false, example: '+12025550143', description: 'With its country code' })
  @Matches(/^\s*(\+|00)[\d\s().-]{6,30}$/, {
    message: 'must be a phone number that begins with + and the country code',
  })
  @IsString(TEXT)
  @IsOptional()
  readonly phone?: string;

  @ApiProperty({ type: String, required: false, example: 'edge-10001', maxLength: LONGEST })
  @Matches(/\S/, NOT_BLANK)
  @MaxLength(LONGEST, LENGTH)
  @IsString(TEXT)
  @IsOptional()
  readonly edgeTagId?: string;
}

const ERASURE_STATES = ['processing', 'completed', 'completed-with-errors'] as const;
const TAG_STATES = ['processing', 'completed', 'failed'] as const;
const ACCOUNT_STATES = ['not-offered', 'processing', 'completed', 'failed'] as const;

/** What was done at one account. */
export class ErasureTagDto {
  @ApiProperty({ example: 'facebook' })
  provider!: string;

  @ApiProperty({ example: 'default' })
  tag!: string;

  @ApiProperty({ enum: TAG_STATES })
  state!: (typeof TAG_STATES)[number];

  /** Custom audiences that the person was taken out of, or would be were they in. */
  @ApiProperty({ type: 'integer', example: 3 })
  audiences!: number;

  /** Whether the account was told to forget the person, beyond its audiences, where the platform has that. */
  @ApiProperty({ enum: ACCOUNT_STATES })
  account!: (typeof ACCOUNT_STATES)[number];

  /** The sessions of the removals: `GET /sessions/{id}`. */
  @ApiProperty({ type: [String] })
  sessions!: string[];

  /** The platform's reason, without any value. */
  @ApiProperty({ type: String, nullable: true })
  error!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  completedAt!: string | null;
}

/** What was taken out of our own database. */
export class ErasedStoreDto {
  /** Records of members. */
  @ApiProperty({ type: 'integer' })
  members!: number;

  /** Users in batches that were not delivered yet. */
  @ApiProperty({ type: 'integer' })
  batches!: number;

  /** Ids in lists of rejections. */
  @ApiProperty({ type: 'integer' })
  rejections!: number;
}

/** The receipt. It names nobody. */
export class ErasureDto {
  @ApiProperty({ format: 'uuid' })
  id!: string;

  @ApiProperty({ enum: ERASURE_STATES })
  state!: (typeof ERASURE_STATES)[number];

  /** Which identifiers were given. */
  @ApiProperty({ enum: ['email', 'phone', 'edgeTagId'], isArray: true })
  by!: string[];

  @ApiProperty({ type: ErasedStoreDto })
  store!: ErasedStoreDto;

  @ApiProperty({ type: [ErasureTagDto] })
  tags!: ErasureTagDto[];

  @ApiProperty({ format: 'date-time' })
  createdAt!: string;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  completedAt!: string | null;
}

export class ErasurePageDto {
  @ApiProperty({ type: [ErasureDto] })
  items!: ErasureDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last one' })
  nextCursor!: string | null;
}

function given(value: unknown): boolean {
  return value !== undefined && value !== null;
}
