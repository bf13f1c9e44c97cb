/**
 * How a user token behaves. `not-approved`: its app has no Ads API access, `not-allow-listed`: its app may not send users,
 * `read-only`: its user is an analyst, `suspended`: its user is.
 */
export const TWITTER_TOKEN_STATES = [
  'valid',
  'revoked',
  'not-approved',
  'not-allow-listed',
  'read-only',
  'suspended',
] as const;
export type TwitterTokenState = (typeof TWITTER_TOKEN_STATES)[number];

/** What the printed variables name. A token begins with the id of its user. */
export const SAMPLE = {
  consumerKey: 'sandboxConsumerKey0001',
  consumerSecret: 'sandboxConsumerSecret0001',
  token: '1528000001-SandboxToken0001',
  tokenSecret: 'sandboxTokenSecret0001',
  account: '18ce54d4x5t',
} as const;

/** What a test may change about the simulated platform. Everything has a default, see {@link TWITTER_DEFAULTS}. */
export interface TwitterSimulatorOptions {
  /** Keys and secrets of apps, beside the sample's. */
  readonly consumers?: Readonly<Record<string, string>>;
  /** User tokens and their secrets, beside the sample's. */
  readonly tokens?: Readonly<Record<string, string>>;
  /** Tokens that do not work, or not fully, from the start. */
  readonly tokenStates?: Readonly<Record<string, TwitterTokenState>>;
  /** The ad accounts that exist; by default every one does. */
  readonly accounts?: readonly string[];
  /** Tokens that may act for some ad accounts only; other tokens may act for all. */
  readonly tokenAccounts?: Readonly<Record<string, readonly string[]>>;
  /** The business that an ad account belongs to; those not named belong to one together. */
  readonly businesses?: Readonly<Record<string, string>>;
  /** Accounts with the feature SHARE_AUDIENCE_OUTSIDE_BUSINESS. */
  readonly sharesOutsideBusiness?: readonly string[];
  /** From a change of members until it shows in size and status; on the platform 6 to 8 hours. */
  readonly matchMs?: number;
  /** Share of the people that the platform knows, 0 to 1. Who is known depends on their identifiers only. */
  readonly matchRate?: number;
  /** Matched people below which an audience cannot be targeted. */
  readonly minimumSize?: number;
  /** False: a refused request does not say which operation was to blame. Its form is not documented. */
  readonly namesOperations?: boolean;
  /** The answer to a body of more than 5,000,000 bytes, which is not documented. */
  readonly oversizeStatus?: 400 | 413;
  /** Calls of one account: to `/users` and other writes in a minute, reads of one endpoint in 15 minutes. */
  readonly usersPerMinute?: number;
  readonly writesPerMinute?: number;
  readonly readsPerWindow?: number;
  readonly totalCountsPerWindow?: number;
}

/** The options with every default filled in. */
export type TwitterSettings = Required<Omit<TwitterSimulatorOptions, 'accounts'>> &
  Pick<TwitterSimulatorOptions, 'accounts'>;

/** Limits: https://docs.x.com/x-ads-api/fundamentals/rate-limiting and https://docs.x.com/x-ads-api/audiences/reference */
export const TWITTER_DEFAULTS: TwitterSettings = {
  consumers: { [SAMPLE.consumerKey]: SAMPLE.consumerSecret },
  tokens: { [SAMPLE.token]: SAMPLE.tokenSecret },
  tokenStates: {},
  tokenAccounts: {},
  businesses: {},
  sharesOutsideBusiness: [],
  matchMs: 6 * 3_600_000,
  matchRate: 0.7,
  minimumSize: 100,
  namesOperations: true,
  oversizeStatus: 413,
  usersPerMinute: 1_500,
  writesPerMinute: 450,
  readsPerWindow: 2_000,
  totalCountsPerWindow: 200,
};

/** Fills in the defaults. */
export function twitterSettings(options: TwitterSimulatorOptions = {}): TwitterSettings {
  return {
    ...TWITTER_DEFAULTS,
    ...options,
    consumers: { ...TWITTER_DEFAULTS.consumers, ...options.consumers },
    tokens: { ...TWITTER_DEFAULTS.tokens, ...options.tokens },
  };
}

/** The business that an ad account belongs to. */
export function businessOf(account: string, settings: TwitterSettings): string {
  return settings.businesses[account] ?? 'the-one-business';
}
