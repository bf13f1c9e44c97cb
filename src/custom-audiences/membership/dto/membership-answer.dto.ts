import { ApiProperty, OmitType } from '@nestjs/swagger';
import { ProblemDto } from '../../../common/problem.dto.js';
import { DeliveryResultDto } from '../../../deliveries/dto/upload-answer.dto.js';
import { REASON_WORDS, type RejectionReason } from '../../../providers/contract/rejection-vocabulary.js';

/** The change is stored; with `sync=true`, the platform has it. */
export class MembershipAnswerDto {
  @ApiProperty({ type: Boolean, enum: [true], example: true })
  readonly success!: true;

  @ApiProperty({ type: String, format: 'uuid', description: 'See GET /sessions/{id}' })
  readonly session!: string;

  @ApiProperty({ type: 'integer', example: 25000, description: 'Users that were taken in' })
  readonly received!: number;

  @ApiProperty({ type: [DeliveryResultDto], required: false, description: 'With `sync=true`: what became of them' })
  readonly results?: DeliveryResultDto[];
}

/** Where a row stands and what is wrong with it. */
export class RowMistakeDto {
  @ApiProperty({
    type: 'integer',
    required: false,
    example: 17,
    description: 'Of CSV and NDJSON: its first line, from 1',
  })
  readonly line?: number;

  @ApiProperty({ type: 'integer', required: false, example: 15, description: 'Of a JSON array: its index, from 0' })
  readonly index?: number;

  @ApiProperty({ type: String, example: 'email', description: 'Of the user; empty: the row as a whole' })
  readonly field!: string;

  @ApiProperty({ type: String, example: 'must have at most 1000 characters' })
  readonly message!: string;
}

export class SkippedRowDto extends RowMistakeDto {
  @ApiProperty({ type: String, enum: REASON_WORDS, example: 'invalid-format' })
  readonly reason!: RejectionReason;
}

export class UploadFileAnswerDto extends MembershipAnswerDto {
  @ApiProperty({ type: 'integer', example: 1, description: 'Rows that were left out' })
  readonly skipped!: number;

  @ApiProperty({ type: [SkippedRowDto], description: 'Why: the first 20 mistakes' })
  readonly skippedRows!: SkippedRowDto[];
}

/** A file that was refused; nothing of it was stored. */
export class UploadFileProblemDto extends OmitType(ProblemDto, ['errors']) {
  @ApiProperty({ type: [RowMistakeDto], required: false, description: 'The first 20 mistakes' })
  readonly errors?: RowMistakeDto[];
}
