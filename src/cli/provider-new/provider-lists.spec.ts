import { describe, expect, it } from '@jest/globals';
import { inPlatforms, inSandbox } from './provider-lists.js';
import { readProviderName } from './provider-name.js';

const PINTEREST = readProviderName(['pinterest']);

const PLATFORMS = `import type { Type } from '@nestjs/common';
import type { ProviderSettings } from '../config/config.js';
import type { AudienceProvider } from './contract/audience-provider.js';
import { facebookSettings } from './facebook/facebook.config.js';
import { FacebookModule } from './facebook/facebook.module.js';
import { FacebookProvider } from './facebook/facebook.provider.js';

export interface Platform {
  readonly module: Type;
}

/** One line per platform: the only shared list a new platform is added to. */
export const PLATFORMS: readonly Platform[] = [
  { module: FacebookModule, provider: FacebookProvider, settings: facebookSettings },
];
`;

const SANDBOX = `import { FacebookSimulator } from './facebook/facebook.simulator.js';
import { SandboxClock } from './sandbox-clock.js';
import {
  type Simulator,
  type PlannedAnswer,
} from './simulator.js';
import { TikTokSimulator } from './tiktok/tiktok.simulator.js';

const SIMULATORS = {
  facebook: (clock: SandboxClock, options?: FacebookSimulatorOptions) => new FacebookSimulator(clock, options),
  tiktok: (clock: SandboxClock, options?: TikTokSimulatorOptions) => new TikTokSimulator(clock, options),
};

const FACTORIES: { readonly [Id in SimulatorId]: (clock: SandboxClock) => Simulator } = {
  ...SIMULATORS,
};
`;

/** The lines that came in, each with the line that it stands after; fails when a line of before is gone or moved. */
function added(before: string, after: string): [string, string][] {
  const old = before.split('\n');
  const found: [string, string][] = [];
  let above = '';
  for (const line of after.split('\n')) {
    if (line === old[0]) old.shift();
    else found.push([above, line]);
    above = line;
  }
  expect(old).toEqual([]);
  return found;
}

describe('inPlatforms', () => {
  it('adds the imports in their place and one line to the list', () => {
    const settings = `import { pinterestSettings } from './pinterest/pinterest.config.js';`;
    const module = `import { PinterestModule } from './pinterest/pinterest.module.js';`;
    expect(added(PLATFORMS, inPlatforms(PLATFORMS, PINTEREST))).toEqual([
      [`import { FacebookProvider } from './facebook/facebook.provider.js';`, settings],
      [settings, module],
      [module, `import { PinterestProvider } from './pinterest/pinterest.provider.js';`],
      [
        '  { module: FacebookModule, provider: FacebookProvider, settings: facebookSettings },',
        '  { module: PinterestModule, provider: PinterestProvider, settings: pinterestSettings },',
      ],
    ]);
  });

  it('puts an earlier letter before the others', () => {
    const [first] = added(PLATFORMS, inPlatforms(PLATFORMS, readProviderName(['bing'])));
    expect(first).toEqual([
      `import type { ProviderSettings } from '../config/config.js';`,
      `import { bingSettings } from './bing/bing.config.js';`,
    ]);
  });

  it('adds to what it has added', () => {
    const two = inPlatforms(inPlatforms(PLATFORMS, PINTEREST), readProviderName(['reddit']));
    expect(two.match(/\{ module: (\w+)Module/g)).toEqual([
      '{ module: FacebookModule',
      '{ module: PinterestModule',
      '{ module: RedditModule',
    ]);
  });
});

describe('inSandbox', () => {
  it('adds the import in its place and one line at the end of the list', () => {
    expect(added(SANDBOX, inSandbox(SANDBOX, PINTEREST))).toEqual([
      [
        `import { FacebookSimulator } from './facebook/facebook.simulator.js';`,
        `import { PinterestSimulator, type PinterestSimulatorOptions } from './pinterest/pinterest.simulator.js';`,
      ],
      [
        '  tiktok: (clock: SandboxClock, options?: TikTokSimulatorOptions) => new TikTokSimulator(clock, options),',
        '  pinterest: (clock: SandboxClock, options?: PinterestSimulatorOptions) => new PinterestSimulator(clock, options),',
      ],
    ]);
  });

  it('puts a later letter after a whole import', () => {
    const [first] = added(SANDBOX, inSandbox(SANDBOX, readProviderName(['twitter'])));
    expect(first?.[0]).toBe(`import { TikTokSimulator } from './tiktok/tiktok.simulator.js';`);
  });
});

it.each([
  ['without a list', `import { a } from './a/a.js';\n`],
  ['with another list', SANDBOX.replace('const SIMULATORS', 'const PLAYERS')],
  ['without imports', ''],
])('says what to add to a file %s', (_, text) => {
  expect(() => inSandbox(text, PINTEREST)).toThrow(/^src\/sandbox\/sandbox\.ts .*: add .*pinterest.* by hand\.$/);
  expect(() => inPlatforms(text, PINTEREST)).toThrow(/^src\/providers\/platforms\.ts .*: add .*pinterest.* by hand\.$/);
});
