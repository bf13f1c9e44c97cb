import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Secured } from '../auth/secured.decorator.js';
import { Clock } from '../common/clock.js';
import type { AudienceProvider } from './contract/audience-provider.js';
import { ProviderDto, ProviderListDto, TagDto } from './dto/provider.dto.js';
import { ProviderCatalogue } from './provider-catalogue.service.js';
import { TagHealthRepository, type TagHealthRow } from './tag-health.repository.js';

@ApiTags('reading')
@Controller('providers')
export class ProvidersController {
  constructor(
    private readonly catalogue: ProviderCatalogue,
    private readonly health: TagHealthRepository,
    private readonly clock: Clock,
  ) {}

  @Get()
  @Secured('audience:read')
  @ApiOperation({ summary: 'The platforms of this build: limits, configured tags and their health' })
  @ApiOkResponse({ type: ProviderListDto })
  async list(): Promise<ProviderListDto> {
    const rows = await this.health.all();
    const now = this.clock.now();
    return { items: this.catalogue.providers.map((provider) => describe(provider, rows, now)) };
  }
}

function describe(provider: AudienceProvider, rows: readonly TagHealthRow[], now: Date): ProviderDto {
  const { id, actions } = provider;
  const tags = provider.tags().map((tag) => {
    const row = rows.find((candidate) => candidate.provider === id && candidate.tag === tag);
    return describeTag(provider, tag, row, now);
  });
  return { id, actions, tags };
}

function describeTag(provider: AudienceProvider, tag: string, row: TagHealthRow | undefined, now: Date): TagDto {
  const { rowsPerChunk, bytesPerChunk = null, callsPerMinute, concurrency } = provider.limitsOf(tag);
  const pausedUntil = row?.blockedUntil && row.blockedUntil > now ? row.blockedUntil.toISOString() : null;
  return {
    tag,
    account: provider.account(tag),
    limits: { rowsPerChunk, bytesPerChunk, callsPerMinute, concurrency },
    health: pausedUntil ? 'paused' : healthOf(row),
    lastSuccessAt: row?.lastSuccessAt?.toISOString() ?? null,
    lastErrorAt: row?.lastErrorAt?.toISOString() ?? null,
    lastErrorCode: row?.lastErrorCode ?? null,
    pausedUntil,
  };
}

function healthOf(row: TagHealthRow | undefined): TagDto['health'] {
  if (!row?.lastSuccessAt && !row?.lastErrorAt) return 'unused';
  if (!row.lastErrorAt) return 'ok';
  return row.lastSuccessAt && row.lastSuccessAt >= row.lastErrorAt ? 'ok' : 'failing';
}
