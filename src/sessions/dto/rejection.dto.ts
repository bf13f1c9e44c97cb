import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQueryDto } from '../../common/paging/page.dto.js';
import {
  IDENTIFIER_FIELDS,
  type IdentifierField,
  REASON_WORDS,
  REJECTION_REASONS,
  type RejectionReason,
} from '../../providers/contract/rejection-vocabulary.js';

/** What each reason says, for the API's document. */
export const REASONS_EXPLAINED = REASON_WORDS.map((word) => `- \`${word}\`: ${REJECTION_REASONS[word]}`).join('\n');
const TAG = /^[a-z0-9-]{1,64}(\/[a-z0-9-]{1,64})?$/;

/** Which rejections of a session. */
export class RejectionQueryDto extends PageQueryDto {
  @ApiProperty({ type: String, required: false, description: '`facebook` or `facebook/eu`' })
  @IsOptional()
  @Matches(TAG, { message: 'must be a provider id or provider/tag' })
  readonly tag?: string;

  @ApiProperty({ type: String, enum: IDENTIFIER_FIELDS, required: false, description: 'Only this identifier' })
  @IsOptional()
  @IsIn(IDENTIFIER_FIELDS, { message: `must be one of ${IDENTIFIER_FIELDS.join(', ')}` })
  readonly field?: IdentifierField;

  @ApiProperty({ type: String, enum: REASON_WORDS, required: false, description: 'Only this reason' })
  @IsOptional()
  @IsIn(REASON_WORDS, { message: `must be one of ${REASON_WORDS.join(', ')}` })
  readonly reason?: RejectionReason;

  @ApiProperty({
    type: String,
    enum: ['json', 'csv'],
    default: 'json',
    required: false,
    description: '`csv`: all of them in one file, without pages',
  })
  @IsIn(['json', 'csv'], { message: 'must be one of json, csv' })
  readonly format: 'json' | 'csv' = 'json';
}

/** One user or identifier that was not sent, or was refused. Of its values only `edgeTagId`, by which the caller knows it. */
export class RejectionDto {
  @ApiProperty({ type: 'integer', example: 1, description: 'Sequence of the batch' })
  readonly sequence!: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 17,
    description:
      'Place of the user in the `users` of its batch, from 0; null: the platform counted it without naming it',
  })
  readonly user!: number | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: 'edge-4711',
    description:
      'Of that user, where it came with one; null also where it looks like an e-mail address or a phone number, which are ' +
      'never repeated, and where the user is not named',
  })
  readonly edgeTagId!: string | null;

  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({
    type: String,
    enum: [...IDENTIFIER_FIELDS, null],
    nullable: true,
    example: 'phone',
    description: 'The identifier; null: the whole user',
  })
  readonly field!: IdentifierField | null;

  @ApiProperty({ type: String, enum: REASON_WORDS, example: 'missing-country', description: REASONS_EXPLAINED })
  readonly reason!: RejectionReason;

  @ApiProperty({
    type: 'integer',
    example: 1,
    description: '1, or how many users the platform counted without naming them',
  })
  readonly count!: number;
}

export class RejectionPageDto {
  @ApiProperty({ type: [RejectionDto] })
  readonly items!: RejectionDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For the next page; null on the last one' })
  readonly nextCursor!: string | null;
}
