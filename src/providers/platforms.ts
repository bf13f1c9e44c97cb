import type { Type } from '@nestjs/common';
import type { ProviderSettings } from '../config/config.js';
import type { AudienceProvider } from './contract/audience-provider.js';
import { facebookSettings } from './facebook/facebook.config.js';
import { FacebookModule } from './facebook/facebook.module.js';
import { FacebookProvider } from './facebook/facebook.provider.js';
import { googleSettings } from './google/google.config.js';
import { GoogleModule } from './google/google.module.js';
import { GoogleProvider } from './google/google.provider.js';
import { klaviyoSettings } from './klaviyo/klaviyo.config.js';
import { KlaviyoModule } from './klaviyo/klaviyo.module.js';
import { KlaviyoProvider } from './klaviyo/klaviyo.provider.js';
import { linkedInSettings } from './linkedin/linkedin.config.js';
import { LinkedInModule } from './linkedin/linkedin.module.js';
import { LinkedInProvider } from './linkedin/linkedin.provider.js';
import { tiktokSettings } from './tiktok/tiktok.config.js';
import { TikTokModule } from './tiktok/tiktok.module.js';
import { TikTokProvider } from './tiktok/tiktok.provider.js';
import { twitterSettings } from './twitter/twitter.config.js';
import { TwitterModule } from './twitter/twitter.module.js';
import { TwitterProvider } from './twitter/twitter.provider.js';

/** What the build needs to know of a platform; everything else is in its folder. */
export interface Platform {
  readonly module: Type;
  readonly provider: Type<AudienceProvider>;
  readonly settings: ProviderSettings;
}

/** One line per platform: the only shared list a new platform is added to. */
export const PLATFORMS: readonly Platform[] = [
  { module: FacebookModule, provider: FacebookProvider, settings: facebookSettings },
  { module: TikTokModule, provider: TikTokProvider, settings: tiktokSettings },
  { module: KlaviyoModule, provider: KlaviyoProvider, settings: klaviyoSettings },
  { module: LinkedInModule, provider: LinkedInProvider, settings: linkedInSettings },
  { module: TwitterModule, provider: TwitterProvider, settings: twitterSettings },
  { module: GoogleModule, provider: GoogleProvider, settings: googleSettings },
];
