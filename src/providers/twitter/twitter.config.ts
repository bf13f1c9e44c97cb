import { Transform } from 'class-transformer';
import { IsBoolean, IsInt, Matches, Max, Min } from 'class-validator';
import type { ProviderSettings } from '../../config/config.js';
import { PlatformOrigin } from '../kit/platform-origin.js';

/** What goes into a header or a signature: one word of printable ASCII. */
const ONE_WORD = /^[\x21-\x7e]+$/;

/** How long X itself keeps a member that says nothing of it: 13 months. */
const LONGEST_TTL_DAYS = 395;
const TTL_RULE = { message: `must be a whole number from 1 to ${LONGEST_TTL_DAYS}` };

/** One X ad account: the variables `TWITTER_…` and `TWITTER__<TAG>__…`. */
export class TwitterTag {
  /** Key and secret of the app, which X has to have approved for the Ads API. */
  @Matches(ONE_WORD, { message: 'must be set, without blanks' })
  consumerKey = '';

  @Matches(ONE_WORD, { message: 'must be set, without blanks' })
  consumerSecret = '';

  /** Of a user who may manage the ad account; it does not expire. */
  @Matches(/^\d+-[\x21-\x7e]+$/, {
    message: 'must be an access token of OAuth 1.0a, which starts with digits and a hyphen',
  })
  accessToken = '';

  @Matches(ONE_WORD, { message: 'must be set, without blanks' })
  accessTokenSecret = '';

  @Transform(({ value }) => (typeof value === 'string' ? value.trim() : (value as unknown)))
  @Matches(/^[a-z0-9]{1,32}$/, { message: 'must be the id of an ads account such as 18ce54d4x5t, not a @handle' })
  adAccountId = '';

  /** Days after which X drops a member that was not sent again. */
  @IsInt(TTL_RULE)
  @Min(1, TTL_RULE)
  @Max(LONGEST_TTL_DAYS, TTL_RULE)
  memberTtlDays = LONGEST_TTL_DAYS;

  /** Sends `edgeTagId`, plain: useless without an agreement with X that maps these ids to its users. */
  @IsBoolean({ message: 'must be true or false' })
  sendPartnerUserId = false;

  /** The origin alone; version and path are added. */
  @PlatformOrigin()
  baseUrl = 'https://ads-api.x.com';
}

export const twitterSettings: ProviderSettings<TwitterTag> = { id: 'twitter', tag: TwitterTag };
