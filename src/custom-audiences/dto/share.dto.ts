import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import { LeftOut, ShortText, ShortTexts } from './custom-audience-properties.dto.js';

const PERMISSIONS = ['read', 'write'] as const;
const MOST_ACCOUNTS = 100;
const LONGEST_ID = 100;

/** Who may use the audience. */
export class ShareCustomAudienceDto {
  @ApiProperty({
    type: [String],
    minItems: 1,
    maxItems: MOST_ACCOUNTS,
    example: ['9876543210'],
    description: 'Account ids as the platform writes them',
  })
  @ShortTexts(MOST_ACCOUNTS, LONGEST_ID, 1)
  readonly accounts!: string[];

  @ApiProperty({
    type: String,
    enum: PERMISSIONS,
    required: false,
    default: 'read',
    description: 'Where the platform tells the two apart',
  })
  @IsIn(PERMISSIONS, { message: `must be one of ${PERMISSIONS.join(', ')}` })
  readonly permission: (typeof PERMISSIONS)[number] = 'read';

  @ApiProperty({
    type: String,
    required: false,
    example: 'AGENCY',
    description: 'How the two businesses stand to each other, where the platform asks',
  })
  @LeftOut()
  @ShortText(LONGEST_ID)
  readonly relationship?: string;
}

/** What the platform said of one account. */
export class ShareOutcomeDto {
  @ApiProperty({ type: String, example: '9876543210' })
  readonly account!: string;

  @ApiProperty({
    type: String,
    enum: ['shared', 'pending', 'refused'],
    description: '`pending`: somebody there has to agree',
  })
  readonly state!: 'shared' | 'pending' | 'refused';

  @ApiProperty({ type: String, required: false, example: 'This account cannot use audiences' })
  readonly message?: string;
}

/** One outcome for each account. */
export class ShareAnswerDto {
  @ApiProperty({ type: [ShareOutcomeDto] })
  readonly accounts!: readonly ShareOutcomeDto[];
}
