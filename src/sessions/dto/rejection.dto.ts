import { ApiProperty } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches } from 'class-validator';
import { PageQueryDto } from '../../common/page.dto.js';

const WORD = /^[A-Za-z0-9-]{1,64}$/;
const TAG = /^[a-z0-9-]{1,64}(\/[a-z0-9-]{1,64})?$/;

/** Which rejections of a session. */
export class RejectionQueryDto extends PageQueryDto {
  @ApiProperty({ type: String, required: false, description: '`facebook` or `facebook/eu`' })
  @IsOptional()
  @Matches(TAG, { message: 'must be a provider id or provider/tag' })
  readonly tag?: string;

  @ApiProperty({ type: String, required: false, description: 'Only this identifier: `email`, `phone`, ...' })
  @IsOptional()
  @Matches(WORD, { message: 'must be the name of a field' })
  readonly field?: string;

  @ApiProperty({ type: String, required: false, description: 'Only this reason: `invalid-format`, ...' })
  @IsOptional()
  @Matches(WORD, { message: 'must be a reason' })
  readonly reason?: string;

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

/** One user or identifier that was not sent, or was refused. Never a value. */
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

  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, nullable: true, example: 'phone', description: 'The identifier; null: the whole user' })
  readonly field!: string | null;

  @ApiProperty({ type: String, example: 'missing-country' })
  readonly reason!: string;

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
