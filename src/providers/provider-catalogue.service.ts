import { Inject, Injectable } from '@nestjs/common';
import { AUDIENCE_PROVIDERS, type AudienceProvider } from './contract/audience-provider.js';

/** One configured account of one provider. */
export interface ConfiguredTarget {
  readonly provider: string;
  readonly tag: string;
}

/** What `channels` asked for and could not be found. */
export interface ChannelSelection {
  readonly targets: readonly ConfiguredTarget[];
  readonly unknown: readonly string[];
}

/** The platforms of this build and the accounts configured for them. */
@Injectable()
export class ProviderCatalogue {
  private readonly byId: ReadonlyMap<string, AudienceProvider>;

  constructor(@Inject(AUDIENCE_PROVIDERS) readonly providers: readonly AudienceProvider[]) {
    this.byId = new Map(providers.map((provider) => [provider.id, provider]));
  }

  /** Throws when the id is not of this build: a delivery of a platform that was taken out. */
  provider(id: string): AudienceProvider {
    const provider = this.byId.get(id);
    if (!provider) throw new Error(`No provider "${id}" in this build`);
    return provider;
  }

  /** Every provider x tag, in the order of the list and of the configuration. */
  targets(): readonly ConfiguredTarget[] {
    return this.providers.flatMap((provider) => provider.tags().map((tag) => ({ provider: provider.id, tag })));
  }

  /** All targets without `channels`; otherwise those it names by `provider` or `provider/tag`, each once. */
  select(channels: readonly string[] | undefined): ChannelSelection {
    const targets = this.targets();
    if (!channels) return { targets, unknown: [] };
    const names = (target: ConfiguredTarget) => [target.provider, `${target.provider}/${target.tag}`];
    const known = new Set(targets.flatMap(names));
    return {
      targets: targets.filter((target) => names(target).some((name) => channels.includes(name))),
      unknown: channels.filter((channel) => !known.has(channel)),
    };
  }
}
