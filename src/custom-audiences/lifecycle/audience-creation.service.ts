import { Injectable } from '@nestjs/common';
import { invalidRequest } from '../../common/dto-validation.js';
import { AppConfig } from '../../config/config.js';
import type { AudienceFactory } from '../../deliveries/remote-audience.service.js';
import type { AudienceChange, AudienceManager } from '../../providers/contract/audience-manager.js';
import type { AudienceProvider } from '../../providers/contract/audience-provider.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import type { CreateCustomAudienceDto } from '../dto/create-custom-audience.dto.js';
import { refuseUnchangeable, refuseUnsupported, usualRetention } from '../platform/audience-support.js';
import { PlatformCalls } from '../platform/platform-calls.service.js';
import type { CustomAudienceRow, CustomAudienceValues } from '../records/custom-audience-row.js';
import { AudienceMaker, type Making } from './audience-maker.service.js';
import { nextRefresh } from './refresh-times.js';
import { refuseContradictions, ruleRequest, USUAL_SOURCE, USUAL_UPLOAD_METHOD } from './wanted-rules.js';

/** Makes custom audiences by hand. */
@Injectable()
export class AudienceCreation {
  constructor(
    private readonly config: AppConfig,
    private readonly catalogue: ProviderCatalogue,
    private readonly calls: PlatformCalls,
    private readonly maker: AudienceMaker,
  ) {}

  /**
   * Finds or makes a customer list, or makes an audience that fills itself.
   *
   * @throws ProblemException 400 for a contradiction or an account that is not configured, 409 for a name that is taken, 422 for
   * what the platform lacks or refuses, 502 and 503 when it cannot be asked
   */
  async create(wanted: CreateCustomAudienceDto): Promise<CustomAudienceRow> {
    refuseContradictions(wanted);
    const provider = this.configured(wanted);
    refuseUnsupported(provider, wanted);
    const name = this.nameOf(wanted);
    const isList = wanted.type === 'customer-list';
    const making = isList ? this.listOf(provider, wanted) : this.rulesOf(provider, wanted, name);
    return this.maker.make(this.valuesOf(provider, wanted, name), making);
  }

  /** The name on the platform. */
  nameOf({ name, disablePrefix }: { readonly name: string; readonly disablePrefix: boolean }): string {
    return (disablePrefix ? '' : this.config.segmentPrefix) + name;
  }

  private configured({ platform, tag }: CreateCustomAudienceDto): AudienceProvider {
    const provider = this.catalogue.providers.find(({ id }) => id === platform);
    const message = 'is not configured here; GET /providers lists what is';
    if (!provider || provider.tags().length === 0) throw mistake('platform', message);
    if (!provider.tags().includes(tag)) throw mistake('tag', message);
    return provider;
  }

  private listOf(provider: AudienceProvider, { tag, description, retentionDays }: CreateCustomAudienceDto): Making {
    const client = provider.client(tag);
    // A customer list is made as uploads make it; what else was said of it is set afterwards.
    const hasDescription = description && provider.audiences.changes.includes('description');
    const change: AudienceChange = {
      ...(hasDescription ? { description } : {}),
      ...(retentionDays === undefined ? {} : { retentionDays }),
    };
    const isPlain = Object.keys(change).length === 0;
    if (!isPlain) refuseUnchangeable(provider, change);
    const manager = isPlain ? undefined : this.calls.manager({ provider: provider.id, tag }, 'update', 'update');
    const finish: Making['finish'] = manager && ((remote, ctx) => manager.update!(remote.id, change, ctx));
    return { factory: client, isAlwaysNew: false, isMadeOfUsers: client.isMadeOfUsers, finish };
  }

  private rulesOf(provider: AudienceProvider, wanted: CreateCustomAudienceDto, name: string): Making {
    const { tag, type } = wanted;
    if (type === 'customer-list') throw new Error('A customer list has no rules');
    const manager = this.calls.manager({ provider: provider.id, tag }, 'create', 'createFromRules');
    const request = ruleRequest(wanted, name, type, wanted.retentionDays ?? usualRetention(provider));
    return { factory: selfFilling((ctx) => manager.createFromRules!(request, ctx)), isAlwaysNew: true };
  }

  private valuesOf(provider: AudienceProvider, wanted: CreateCustomAudienceDto, name: string): CustomAudienceValues {
    const { tag, type, autoUpdate = false } = wanted;
    const updateFrequency = wanted.updateFrequency ?? (autoUpdate ? 'daily' : null);
    const isList = type === 'customer-list';
    return {
      provider: provider.id,
      tag,
      account: provider.account(tag),
      name,
      type,
      source: wanted.source ?? USUAL_SOURCE[type],
      dataUploadMethod: USUAL_UPLOAD_METHOD[type],
      business: wanted.business ?? null,
      description: wanted.description ?? null,
      pixel: wanted.pixel ?? null,
      websiteRules: wanted.websiteRules ?? null,
      appEvents: wanted.appEvents ?? null,
      engagementType: wanted.engagementType ?? null,
      engagementSources: wanted.engagementSources ?? null,
      retentionDays: wanted.retentionDays ?? (isList ? null : usualRetention(provider)),
      autoUpdate,
      updateFrequency,
      refreshAt: nextRefresh(autoUpdate, updateFrequency),
      gdprCompliant: wanted.gdprCompliant ?? null,
      consentCollected: wanted.consentCollected ?? null,
      tags: [...new Set(wanted.tags ?? [])],
      metadata: wanted.metadata ?? {},
    };
  }
}

/** Makes an audience that nobody fills; its maker looks for one of the name by itself, as a repetition needs. */
export function selfFilling(
  make: (ctx: Parameters<AudienceManager['delete']>[1]) => ReturnType<AudienceFactory['createAudience']>,
): AudienceFactory {
  return { findAudience: () => Promise.resolve(undefined), createAudience: (_, { signal }) => make({ signal }) };
}

function mistake(field: string, message: string) {
  return invalidRequest({ first: [{ field, message }], total: 1 });
}
