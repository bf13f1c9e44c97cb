import { ApiProperty } from '@nestjs/swagger';
import type { ProviderAction } from '../contract/audience-provider.js';

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

export class ProviderDto {
  @ApiProperty({ example: 'facebook' })
  id!: string;

  /** What this platform can do. */
  @ApiProperty({ enum: ['upload', 'remove', 'replace', 'share', 'lookalike'], isArray: true })
  actions!: readonly ProviderAction[];

  /** The configured accounts; empty: the platform is off here. */
  @ApiProperty({ type: [TagDto] })
  tags!: TagDto[];
}

export class ProviderListDto {
  @ApiProperty({ type: [ProviderDto] })
  items!: ProviderDto[];
}
