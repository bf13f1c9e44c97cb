/** How a token behaves. Codes: https://developers.facebook.com/documentation/ads-commerce/marketing-api/error-reference */
export const FACEBOOK_TOKEN_STATES = [
  'valid',
  'expired',
  'revoked',
  'no-permission',
  'dev-tier',
  'tos-unsigned',
] as const;
export type FacebookTokenState = (typeof FACEBOOK_TOKEN_STATES)[number];

/**
 * Limits of one ad account. The platform's: Limited access has a score of 60, decay 300 s, block 300 s and 5,000 calls an hour;
 * Full access 9,000, 300 s, 60 s and 190,000 calls.
 * https://developers.facebook.com/documentation/ads-commerce/marketing-api/overview/rate-limiting
 */
export interface ThrottleOptions {
  readonly maxScore: number;
  readonly decaySeconds: number;
  readonly blockSeconds: number;
  readonly callsPerHour: number;
  readonly tier: 'development_access' | 'standard_access';
}

/** What a test may change about the simulated platform. Everything has a default, see {@link FACEBOOK_DEFAULTS}. */
export interface FacebookSimulatorOptions {
  /** The ad accounts that exist, digits only; by default every one does. */
  readonly accounts?: readonly string[];
  /** Tokens that may act for some accounts only; other tokens may act for all. */
  readonly tokenAccounts?: Readonly<Record<string, readonly string[]>>;
  /** The business that owns an account; accounts not named belong to one business together. */
  readonly businesses?: Readonly<Record<string, string>>;
  /** Tokens that do not work, or not fully, from the start. */
  readonly tokens?: Readonly<Record<string, FacebookTokenState>>;
  /** The app secret of a token: with it, `appsecret_proof` is checked when sent. */
  readonly appSecrets?: Readonly<Record<string, string>>;
  /** The app setting "Require App Secret": a proof is demanded of every token that has an app secret. */
  readonly requireAppSecretProof?: boolean;
  /** Share of the people that the platform knows, 0 to 1. Who is known depends on their identifiers only. */
  readonly matchRate?: number;
  /** Time until an upload shows in status and counts; on the platform up to 24 h. */
  readonly populationDelayMs?: number;
  /** A removal that leaves fewer members is refused. */
  readonly removalFloor?: number;
  /** `/usersreplace` refuses audiences of this size and more. */
  readonly replaceSizeCap?: number;
  /** Refuses a list filter on `name`, which the documentation does not promise. */
  readonly refuseNameFilter?: boolean;
  /** A list `limit` above it answers code 1. */
  readonly listLimit?: number;
  /** People whom the rules of an audience find. */
  readonly rulePeople?: number;
  /** When tokens end, and when the data behind them is out of reach, in Unix seconds; by default never. */
  readonly tokenEnds?: Readonly<Record<string, { readonly token?: number; readonly dataAccess?: number }>>;
  readonly audiencesPerAccount?: number;
  readonly throttle?: Partial<ThrottleOptions>;
}

/** The options with every default filled in. */
export type FacebookSettings = Required<Omit<FacebookSimulatorOptions, 'accounts' | 'throttle'>> & {
  readonly accounts?: readonly string[];
  readonly throttle: ThrottleOptions;
};

export const FACEBOOK_DEFAULTS: FacebookSettings = {
  tokenAccounts: {},
  businesses: {},
  tokens: {},
  appSecrets: {},
  requireAppSecretProof: false,
  matchRate: 0.7,
  populationDelayMs: 2000,
  removalFloor: 100,
  replaceSizeCap: 100_000_000,
  refuseNameFilter: false,
  listLimit: 500,
  rulePeople: 1000,
  tokenEnds: {},
  audiencesPerAccount: 500,
  throttle: { maxScore: 9000, decaySeconds: 300, blockSeconds: 60, callsPerHour: 190_000, tier: 'standard_access' },
};

/** Fills in the defaults. */
export function facebookSettings(options: FacebookSimulatorOptions = {}): FacebookSettings {
  return { ...FACEBOOK_DEFAULTS, ...options, throttle: { ...FACEBOOK_DEFAULTS.throttle, ...options.throttle } };
}

/** The business that owns an account. */
export function businessOf(account: string, settings: FacebookSettings): string {
  return settings.businesses[account] ?? '5550001';
}
