import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsIn, IsOptional, IsUUID } from 'class-validator';
import { OTHERS_MOST } from '../analysed-audiences.repository.js';

/** What an analysis compares the audience with. */
export class AnalysisQueryDto {
  @ApiProperty({
    type: String,
    example: '0198c1de-7f3a-7c11-9d2e-3f1b5a6c7d8e',
    required: false,
    description: `Custom audiences to compare with, comma-separated, at most ${OTHERS_MOST}; without it the largest others`,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) =>
    typeof value === 'string' ? value.split(',').map((id) => id.trim()) : value,
  )
  @ArrayNotEmpty({ message: 'must name custom audiences' })
  @ArrayMaxSize(OTHERS_MOST, { message: `must be at most ${OTHERS_MOST} ids` })
  @IsUUID(undefined, { each: true, message: 'must be ids of custom audiences, comma-separated' })
  readonly with?: readonly string[];
}

export const REPORT_FORMATS = ['json', 'csv', 'html'] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

/** The form of a report. */
export class ReportQueryDto {
  @ApiProperty({
    type: String,
    enum: REPORT_FORMATS,
    required: false,
    description: 'Without it what `Accept` asks for, else `json`',
  })
  @IsOptional()
  @IsIn(REPORT_FORMATS, { message: `must be one of ${REPORT_FORMATS.join(', ')}` })
  readonly format?: ReportFormat;
}
