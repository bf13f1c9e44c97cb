import { describe, expect, it } from '@jest/globals';
import type { AppConfig } from '../../config/config.js';
import { TagSettings } from './tag-settings.js';

class AcmeTag {
  accessToken = '';
}

const tag = Object.assign(new AcmeTag(), { accessToken: 'one' });

function tagsOf(tags: Record<string, object>): TagSettings<AcmeTag> {
  const config = { providers: new Map([['acme', new Map(Object.entries(tags))]]) } as unknown as AppConfig;
  return new TagSettings(config, { id: 'acme', tag: AcmeTag });
}

describe('TagSettings', () => {
  it('names the tags in the order of the configuration, and gives each', () => {
    const tags = tagsOf({ default: tag, eu: new AcmeTag() });
    expect(tags.names()).toEqual(['default', 'eu']);
    expect(tags.get('default')).toBe(tag);
  });

  it('has none where the provider is not configured', () => {
    const config = { providers: new Map() } as unknown as AppConfig;
    expect(new TagSettings(config, { id: 'acme', tag: AcmeTag }).names()).toEqual([]);
  });

  it.each(['us', '__proto__', ''])('refuses %j, which is not configured', (name) => {
    expect(() => tagsOf({ default: tag }).get(name)).toThrow(`acme has no tag "${name}"`);
  });

  it('refuses settings of another class', () => {
    expect(() => tagsOf({ default: { accessToken: 'x' } }).get('default')).toThrow('acme has no tag "default"');
  });
});
