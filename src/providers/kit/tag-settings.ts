import type { AppConfig, ProviderSettings } from '../../config/config.js';

/** The configured tags of one provider, each with its settings. */
export class TagSettings<Tag extends object> {
  private readonly byName: ReadonlyMap<string, object>;

  constructor(
    config: AppConfig,
    private readonly settings: ProviderSettings<Tag>,
  ) {
    this.byName = config.providers.get(settings.id) ?? new Map<string, object>();
  }

  names(): readonly string[] {
    return [...this.byName.keys()];
  }

  /** @throws Error for a name that is not configured: only a mistake of ours can ask for one. */
  get(name: string): Tag {
    const tag = this.byName.get(name);
    if (!(tag instanceof this.settings.tag)) throw new Error(`${this.settings.id} has no tag "${name}"`);
    return tag;
  }
}
