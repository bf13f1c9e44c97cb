import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Secured } from '../auth/secured.decorator.js';
import { Clock } from '../common/clock.js';
import type { AudienceProvider } from './contract/audience-provider.js';
import { CUSTOM_AUDIENCE_ACTIONS } from './contract/custom-audience-words.js';
import { type AudienceSupportDto, ProviderListDto, type TagDto, type TagStopDto } from './dto/provider.dto.js';
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
  @ApiOperation({
    summary:
      'The platforms of this build: limits, what each offers for custom audiences, configured tags and their health',
  })
  @ApiOkResponse({ type: ProviderListDto })
  async list(): Promise<ProviderListDto> {
    const { health, budgets } = await this.health.all();
    const now = this.clock.now();
    const items = this.catalogue.providers.map((provider) => {
      const { id, actions } = provider;
      const tags = provider.tags().map((tag) => {
        const budget = budgets.find((row) => row.provider === id && row.tag === provider.quota(tag));
        const until = budget?.blockedUntil && budget.blockedUntil > now ? budget.blockedUntil : null;
        return describeTag(
          provider,
          tag,
          health.find((row) => row.provider === id && row.tag === tag),
          until,
        );
      });
      return { id, actions, audiences: supportOf(provider), tags };
    });
    return { items };
  }
}

function describeTag(
  provider: AudienceProvider,
  tag: string,
  row: TagHealthRow | undefined,
  throttledUntil: Date | null,
): TagDto {
  const { rowsPerChunk, bytesPerChunk = null, callsPerMinute, concurrency } = provider.limitsOf(tag);
  return {
    tag,
    account: provider.account(tag),
    limits: { rowsPerChunk, bytesPerChunk, callsPerMinute, concurrency },
    health: row?.stoppedAt ? 'stopped' : throttledUntil ? 'throttled' : healthOf(row),
    lastSuccessAt: row?.lastSuccessAt?.toISOString() ?? null,
    lastErrorAt: row?.lastErrorAt?.toISOString() ?? null,
    lastErrorCode: row?.lastErrorCode ?? null,
    throttledUntil: throttledUntil?.toISOString() ?? null,
    stopped: row && stopOf(row),
  };
}

function supportOf({ audiences }: AudienceProvider): AudienceSupportDto {
  const { lacks, types, engagementTypes = [], changes, retentionDays = null, minimumSize, tells } = audiences;
  const actions = CUSTOM_AUDIENCE_ACTIONS.map((action) => ({
    action,
    offered: lacks[action] === undefined,
    instead: lacks[action],
  }));
  return { actions, types, engagementTypes, changes, retentionDays, minimumSize, tells };
}

function stopOf({ stoppedAt, stopCode, stopMessage, probeAt }: TagHealthRow): TagStopDto | undefined {
  if (!stoppedAt) return undefined;
  return {
    since: stoppedAt.toISOString(),
    code: stopCode ?? 'unknown',
    message: stopMessage ?? '',
    nextTryAt: probeAt?.toISOString() ?? null,
  };
}

function healthOf(row: TagHealthRow | undefined): TagDto['health'] {
  if (!row?.lastSuccessAt && !row?.lastErrorAt) return 'unused';
  if (!row.lastErrorAt) return 'ok';
  return row.lastSuccessAt && row.lastSuccessAt >= row.lastErrorAt ? 'ok' : 'failing';
}
