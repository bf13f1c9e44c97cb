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

  /** Deliveries of one tag that one process runs side by side. */
  @ApiProperty({ type: 'integer', example: 4 })
  concurrency!: number;
}

export class TagDto {
  @ApiProperty({ example: 'default' })
  tag!: string;

  /** The account that the tag writes to. */
  @ApiProperty({ example: 'act_1234567890' })
  account!: string;

  @ApiProperty({ type: ProviderLimitsDto })
  limits!: ProviderLimitsDto;

  /** `ok`; `failing`: the last attempt failed; `paused`: the platform asked to wait; `unused`: nothing was delivered yet. */
  @ApiProperty({ enum: ['ok', 'failing', 'paused', 'unused'] })
  health!: 'ok' | 'failing' | 'paused' | 'unused';

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastSuccessAt!: string | null;

  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  lastErrorAt!: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  lastErrorCode!: string | null;

  /** No call is made before this. */
  @ApiProperty({ type: String, format: 'date-time', nullable: true })
  pausedUntil!: string | null;
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
