import { ApiProperty } from '@nestjs/swagger';
import type { ProviderAction } from '../contract/audience-provider.js';
import {
  CUSTOM_AUDIENCE_ACTIONS,
  CUSTOM_AUDIENCE_TYPES,
  type CustomAudienceAction,
  type CustomAudienceType,
  ENGAGEMENT_TYPES,
  type EngagementType,
} from '../contract/custom-audience-words.js';

export class ProviderLimitsDto {
  /** Most users in one request to the platform. */
  @ApiProperty({ type: 'integer', example: 10000 })
  rowsPerChunk!: number;

  /** Most bytes of one request; null: the platform sets no limit. */
  @ApiProperty({ type: 'integer', nullable: true })
  bytesPerChunk!: number | null;

  /** Calls a minute that one tag makes at most, over all processes. */
  @ApiProperty({ type: 'integer', example: 600 })
  callsPerMinute!: number;

  /** Deliveries of one tag that run side by side, over all processes. */
  @ApiProperty({ type: 'integer', example: 4 })
  concurrency!: number;
}

export class TagStopDto {
  @ApiProperty({ type: String, format: 'date-time' })
  since!: string;

  /** Why, in the words of delivery errors. */
  @ApiProperty({ example: 'credentials-rejected' })
  code!: string;

  @ApiProperty({ example: 'the access token is expired, revoked or wrong' })
  message!: string;

  /** When one waiting delivery tries whether the tag works again; `POST .../resume` has all of them try at once. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  nextTryAt!: string | null;
}

export class TagDto {
  @ApiProperty({ example: 'default' })
  tag!: string;

  /** The account that the tag writes to. */
  @ApiProperty({ example: 'act_1234567890' })
  account!: string;

  @ApiProperty({ type: ProviderLimitsDto })
  limits!: ProviderLimitsDto;

  /**
   * `ok`; `failing`: the last attempt failed; `throttled`: the platform asked to wait; `stopped`: deliveries wait until the tag
   * works again; `unused`: nothing was delivered yet.
   */
  @ApiProperty({ enum: ['ok', 'failing', 'throttled', 'stopped', 'unused'] })
  health!: 'ok' | 'failing' | 'throttled' | 'stopped' | 'unused';

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastSuccessAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastErrorAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  lastErrorCode!: string | null;

  /** No call is made before this: the platform asked for it. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  throttledUntil!: string | null;

  /** Only while the tag is stopped. */
  @ApiProperty({ type: TagStopDto, required: false })
  stopped?: TagStopDto;
}

export class OfferedActionDto {
  @ApiProperty({ enum: CUSTOM_AUDIENCE_ACTIONS })
  action!: CustomAudienceAction;

  @ApiProperty()
  offered!: boolean;

  /** Only of what is lacking: that, and what the platform has instead. */
  @ApiProperty({
    type: String,
    required: false,
    example: 'It has no lookalikes; let it expand the audience in the campaign',
  })
  instead?: string;
}

export class RetentionRangeDto {
  @ApiProperty({ type: 'integer', example: 1 })
  min!: number;

  @ApiProperty({ type: 'integer', example: 180 })
  max!: number;
}

/** What a platform offers for its custom audiences. */
export class AudienceSupportDto {
  @ApiProperty({ type: [OfferedActionDto] })
  actions!: OfferedActionDto[];

  @ApiProperty({ enum: CUSTOM_AUDIENCE_TYPES, isArray: true })
  types!: readonly CustomAudienceType[];

  /** What people may have engaged with, with the type `engagement`. */
  @ApiProperty({ enum: ENGAGEMENT_TYPES, isArray: true })
  engagementTypes!: readonly EngagementType[];

  /** What an update changes on the platform. */
  @ApiProperty({ enum: ['name', 'description', 'retentionDays'], isArray: true })
  changes!: readonly string[];

  /** Days that people stay; null: the platform has no such setting. */
  @ApiProperty({ type: RetentionRangeDto, nullable: true })
  retentionDays!: RetentionRangeDto | null;

  /** Matched people below which the audience cannot be targeted; null: no minimum. */
  @ApiProperty({ type: 'integer', nullable: true, example: 100 })
  minimumSize!: number | null;

  /** Figures and uses that the platform gives; all others are null. */
  @ApiProperty({ enum: ['size', 'matchedUsers', 'matchingRate', 'campaigns', 'ads', 'exclusions'], isArray: true })
  tells!: readonly string[];
}

export class ProviderDto {
  @ApiProperty({ example: 'facebook' })
  id!: string;

  /** What this platform can do. */
  @ApiProperty({ enum: ['upload', 'remove', 'replace', 'share', 'lookalike'], isArray: true })
  actions!: readonly ProviderAction[];

  /** What it offers for custom audiences. */
  @ApiProperty({ type: AudienceSupportDto })
  audiences!: AudienceSupportDto;

  /** The configured accounts; empty: the platform is off here. */
  @ApiProperty({ type: [TagDto] })
  tags!: TagDto[];
}

export class ProviderListDto {
  @ApiProperty({ type: [ProviderDto] })
  items!: ProviderDto[];
}
