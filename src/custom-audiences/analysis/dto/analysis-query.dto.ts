import { ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { ArrayMaxSize, ArrayNotEmpty, IsIn, IsOptional, IsUUID } from 'class-validator';
import { OTHERS_MOST } from '../analysed-audiences.repository.js';

/** What an analysis compares the audience with. */
export class AnalysisQueryDto {
  @ApiProperty({
    name: 'with',
    type: [String],
    format: 'uuid',
    required: false,
    description: `Custom audiences to compare with, comma-separated, at most ${OTHERS_MOST}; without it the largest others`,
  })
  @IsOptional()
  @Transform(({ value }: { value: unknown }) => (typeof value === 'string' ? value.split(',') : value))
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
