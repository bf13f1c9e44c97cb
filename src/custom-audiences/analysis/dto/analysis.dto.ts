import { ApiProperty } from '@nestjs/swagger';
import { CUSTOM_AUDIENCE_TYPES, type CustomAudienceType } from '../../../providers/contract/custom-audience-words.js';
import {
  DeliveryFiguresDto,
  GrowthDayDto,
  RejectionFigureDto,
  SessionFiguresDto,
  SizePointDto,
} from './activity.dto.js';
import { MembersAnalysisDto } from './members-analysis.dto.js';

/** What we know of a custom audience: of its members, and of its last 90 days. */
export class AnalysisDto {
  @ApiProperty({ type: String, format: 'uuid' })
  readonly id!: string;

  @ApiProperty({ type: String, example: 'blotout_Newsletter' })
  readonly name!: string;

  @ApiProperty({ type: String, example: 'facebook' })
  readonly provider!: string;

  @ApiProperty({ type: String, example: 'default' })
  readonly tag!: string;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_TYPES })
  readonly type!: CustomAudienceType;

  @ApiProperty({ type: String, format: 'date-time' })
  readonly analysedAt!: string;

  @ApiProperty({ type: 'integer', example: 90, description: 'How far back everything but `members` goes' })
  readonly days!: number;

  @ApiProperty({ type: MembersAnalysisDto, nullable: true, description: 'null: `membersNote` says why' })
  readonly members!: MembersAnalysisDto | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Why there is nothing about members: none are stored, MEMBERS=off, or the platform alone knows them',
  })
  readonly membersNote!: string | null;

  @ApiProperty({ type: [SizePointDto], description: 'The last of each day on which it changed, oldest first' })
  readonly sizes!: readonly SizePointDto[];

  @ApiProperty({ type: [GrowthDayDto], description: 'Days on which something changed, oldest first' })
  readonly growth!: readonly GrowthDayDto[];

  @ApiProperty({ type: [RejectionFigureDto], description: 'Of its deliveries, the most frequent first' })
  readonly rejections!: readonly RejectionFigureDto[];

  @ApiProperty({ type: DeliveryFiguresDto })
  readonly deliveries!: DeliveryFiguresDto;

  @ApiProperty({ type: [SessionFiguresDto], description: 'The last 20, newest first' })
  readonly sessions!: readonly SessionFiguresDto[];
}
