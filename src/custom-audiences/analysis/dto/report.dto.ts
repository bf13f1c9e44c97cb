import { ApiProperty } from '@nestjs/swagger';
import {
  CUSTOM_AUDIENCE_STATUSES,
  type CustomAudienceStatus,
} from '../../../providers/contract/custom-audience-words.js';
import { AnalysisDto } from './analysis.dto.js';

const DATE_TIME = { type: String, format: 'date-time' } as const;
const NOT_TOLD = 'null: the platform does not tell';

/** The record of the audience: figures of the platform, and ours. */
export class ReportFiguresDto {
  @ApiProperty({ type: String, example: 'act_1234567890' })
  readonly account!: string;

  @ApiProperty({ type: String, nullable: true, example: '120210987654321098' })
  readonly audienceId!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'Example Ltd' })
  readonly business!: string | null;

  @ApiProperty({ type: String, nullable: true })
  readonly description!: string | null;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_STATUSES })
  readonly status!: CustomAudienceStatus;

  @ApiProperty({ type: String, nullable: true })
  readonly statusReason!: string | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 81_000, description: NOT_TOLD })
  readonly size!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 100, description: 'null: no minimum' })
  readonly minimumSize!: number | null;

  @ApiProperty({ type: 'integer', nullable: true, example: 81_400, description: NOT_TOLD })
  readonly matchedUsers!: number | null;

  @ApiProperty({ type: Number, minimum: 0, maximum: 1, nullable: true, example: 0.814, description: NOT_TOLD })
  readonly matchingRate!: number | null;

  @ApiProperty({ type: [String], example: ['size'], description: 'Which of the figures are estimates' })
  readonly estimates!: readonly string[];

  @ApiProperty({ type: 'integer', example: 100_000 })
  readonly uploadedRecords!: number;

  @ApiProperty({ ...DATE_TIME, nullable: true })
  readonly lastUploadAt!: string | null;

  @ApiProperty({ ...DATE_TIME, nullable: true, description: 'When the platform was last asked' })
  readonly polledAt!: string | null;

  @ApiProperty(DATE_TIME)
  readonly createdAt!: string;
}

/** A campaign or an ad. */
export class ReportedUseDto {
  @ApiProperty({ type: String, example: '238461' })
  readonly id!: string;

  @ApiProperty({ type: String, nullable: true, example: 'Summer sale' })
  readonly name!: string | null;
}

/** Where the audience is used. */
export class ReportedUsesDto {
  @ApiProperty({ type: [ReportedUseDto], nullable: true, description: NOT_TOLD })
  readonly campaigns!: readonly ReportedUseDto[] | null;

  @ApiProperty({ type: [ReportedUseDto], nullable: true, description: NOT_TOLD })
  readonly ads!: readonly ReportedUseDto[] | null;

  @ApiProperty({ type: [ReportedUseDto], nullable: true, description: `Where it keeps people out; ${NOT_TOLD}` })
  readonly exclusions!: readonly ReportedUseDto[] | null;
}

/** An audience that was made of this one. */
export class ReportedLookalikeDto {
  @ApiProperty({ type: String, format: 'uuid', nullable: true, description: 'null: only the platform knows it' })
  readonly id!: string | null;

  @ApiProperty({ type: String, nullable: true, example: 'blotout_Newsletter like' })
  readonly name!: string | null;

  @ApiProperty({ type: String, nullable: true, example: '120210987654321099', description: 'The platform’s id' })
  readonly audienceId!: string | null;
}

/** What somebody should look at. */
export class ReportedWarningDto {
  @ApiProperty({ type: String, example: 'size-shrank' })
  readonly code!: string;

  @ApiProperty({ type: String })
  readonly message!: string;

  @ApiProperty(DATE_TIME)
  readonly since!: string;
}

/** The analysis of a custom audience and its record. */
export class ReportDto extends AnalysisDto {
  @ApiProperty({ type: ReportFiguresDto })
  readonly figures!: ReportFiguresDto;

  @ApiProperty({ type: ReportedUsesDto })
  readonly uses!: ReportedUsesDto;

  @ApiProperty({ type: [ReportedLookalikeDto] })
  readonly lookalikes!: readonly ReportedLookalikeDto[];

  @ApiProperty({ type: [ReportedWarningDto] })
  readonly warnings!: readonly ReportedWarningDto[];
}
