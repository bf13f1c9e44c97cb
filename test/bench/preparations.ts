import { AppConfig } from '../../src/config/config.js';
import type { AudienceProvider } from '../../src/providers/contract/audience-provider.js';
import { FacebookTag } from '../../src/providers/facebook/facebook.config.js';
import { facebookSchema } from '../../src/providers/facebook/facebook.normaliser.js';
import { FacebookProvider } from '../../src/providers/facebook/facebook.provider.js';
import { usersBody as facebookBody } from '../../src/providers/facebook/facebook.users-body.js';
import { GoogleTag } from '../../src/providers/google/google.config.js';
import { ingestBody } from '../../src/providers/google/google.member.js';
import { GoogleProvider } from '../../src/providers/google/google.provider.js';
import { importBody, importRows } from '../../src/providers/klaviyo/jobs/klaviyo.import.js';
import { KlaviyoTag } from '../../src/providers/klaviyo/klaviyo.config.js';
import { KlaviyoProvider } from '../../src/providers/klaviyo/klaviyo.provider.js';
import { LinkedInTag } from '../../src/providers/linkedin/linkedin.config.js';
import { LinkedInProvider } from '../../src/providers/linkedin/linkedin.provider.js';
import { uniqueRows, usersBody as linkedInBody } from '../../src/providers/linkedin/linkedin.users.js';
import { TikTokTag } from '../../src/providers/tiktok/tiktok.config.js';
import { mappingBody } from '../../src/providers/tiktok/tiktok.mapping.js';
import { TikTokProvider } from '../../src/providers/tiktok/tiktok.provider.js';
import { usersBody as twitterBody } from '../../src/providers/twitter/members/twitter.users-body.js';
import { TwitterTag } from '../../src/providers/twitter/twitter.config.js';
import { TwitterProvider } from '../../src/providers/twitter/twitter.provider.js';

/** A provider with one tag, and what its client makes of the rows of a chunk. */
export interface Preparation {
  readonly provider: AudienceProvider;
  readonly bodyOf: (rows: readonly never[]) => Buffer;
}

const LIST = '1234567890';
const NEVER_CALLED = {} as never;

/** All platforms of the build as their defaults have them. The bodies are written by the functions that the clients send them with. */
export function preparations(): readonly Preparation[] {
  const [tiktok, google] = [new TikTokTag(), new GoogleTag()];
  const tags = {
    facebook: new FacebookTag(),
    tiktok: Object.assign(tiktok, { advertiserId: LIST }),
    klaviyo: Object.assign(new KlaviyoTag(), { apiKey: 'key' }),
    google: Object.assign(google, { customerId: LIST }),
    linkedin: new LinkedInTag(),
    twitter: new TwitterTag(),
  };
  const providers = new Map(Object.entries(tags).map(([id, tag]) => [id, new Map([['default', tag]])]));
  const config = new AppConfig({ providers } as unknown as AppConfig);
  const http = NEVER_CALLED;
  return [
    preparation(new FacebookProvider(config, http), (rows) =>
      facebookBody(facebookSchema({ valueBased: false }), rows),
    ),
    preparation(new TikTokProvider(config, http), (rows) => mappingBody('add', LIST, LIST, rows)),
    preparation(new KlaviyoProvider(config, http), (rows) => importBody(importRows(rows).profiles, LIST)),
    preparation(new GoogleProvider(config, http, NEVER_CALLED), (rows) => ingestBody(google, LIST, rows)),
    preparation(new LinkedInProvider(config, http, NEVER_CALLED), (rows) => linkedInBody(uniqueRows(rows))),
    preparation(new TwitterProvider(config, http), (rows) => twitterBody(rows, Date.now())),
  ];
}

function preparation<Row>(provider: AudienceProvider<Row>, bodyOf: (rows: readonly Row[]) => Buffer): Preparation {
  return { provider: provider, bodyOf };
}
