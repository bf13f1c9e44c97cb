import { ApiProperty } from '@nestjs/swagger';
import { CUSTOM_AUDIENCE_STATUSES, type CustomAudienceStatus } from '../../providers/contract/custom-audience-words.js';

/** What the platform said of an audience when it last said something else. */
export class AudienceSizeDto {
  @ApiProperty({ type: String, format: 'date-time' })
  readonly at!: string;

  @ApiProperty({ type: String, enum: CUSTOM_AUDIENCE_STATUSES })
  readonly status!: CustomAudienceStatus;

  @ApiProperty({ type: 'integer', nullable: true })
  readonly size!: number | null;

  @ApiProperty({ type: 'integer', nullable: true })
  readonly matchedUsers!: number | null;

  @ApiProperty({ type: 'integer' })
  readonly uploadedRecords!: number;
}

/** A page of the history, newest first. */
export class AudienceSizePageDto {
  @ApiProperty({ type: [AudienceSizeDto] })
  readonly items!: AudienceSizeDto[];

  @ApiProperty({ type: String, nullable: true, description: 'For `cursor` of the next page; null: this is the last' })
  readonly nextCursor!: string | null;
}
