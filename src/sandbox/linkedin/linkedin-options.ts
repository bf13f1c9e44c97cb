/**
 * How a token behaves. `no-permission` lacks the scope of Matched Audiences, `viewer` belongs to somebody who may only look at the
 * ad account. Of a refresh token, anything but `valid` means that it is good no more.
 */
export const LINKEDIN_TOKEN_STATES = ['valid', 'expired', 'revoked', 'invalid', 'no-permission', 'viewer'] as const;
export type LinkedInTokenState = (typeof LINKEDIN_TOKEN_STATES)[number];

/** What a test may change about the simulated platform. Everything has a default, see {@link LINKEDIN_DEFAULTS}. */
export interface LinkedInSimulatorOptions {
  /** The versions that are served, `YYYYMM`; any other is answered as one that was sunset. */
  readonly versions?: readonly string[];
  /** The ad accounts that the tokens open; by default every one. */
  readonly adAccounts?: readonly string[];
  /** The only access tokens that exist, besides those given out here; by default every token works. */
  readonly acceptedTokens?: readonly string[];
  /** Tokens that do not work, or not fully, from the start. */
  readonly tokens?: Readonly<Record<string, LinkedInTokenState>>;
  readonly app?: { readonly id: string; readonly secret: string };
  /** The refresh tokens that exist, given out at the start. */
  readonly refreshTokens?: readonly string[];
  /** Authorization codes, each good once. */
  readonly authCodes?: readonly string[];
  /** The source platforms that the app was told to use. */
  readonly sourcePlatforms?: readonly string[];
  /** How long a new segment takes neither users nor an audience grown from it; on the platform 5 s to 2 minutes. */
  readonly warmUpMs?: number;
  /** Time until a new segment has counts, and that a change keeps it updating. */
  readonly processingMs?: number;
  /** Share of the people that the platform knows, 0 to 1. Who is known depends on their identifiers only. */
  readonly matchRate?: number;
  /** Segments that one ad account may have. */
  readonly segmentLimit?: number;
  /** Most elements of one call to `/users`. */
  readonly elementsPerCall?: number;
  /** Calls to `/users` within a minute with one token. */
  readonly userCallsPerMinute?: number;
  /** Calls of a day (UTC) with one token; the platform does not publish its number. */
  readonly callsPerDay?: number;
  readonly accessTokenSeconds?: number;
  readonly refreshTokenSeconds?: number;
}

type WithoutDefault = 'adAccounts' | 'acceptedTokens';

/** The options with every default filled in. */
export type LinkedInSettings = Required<Omit<LinkedInSimulatorOptions, WithoutDefault>> &
  Pick<LinkedInSimulatorOptions, WithoutDefault>;

const HOUR_MS = 3_600_000;

/** https://learn.microsoft.com/en-us/linkedin/marketing/versioning */
export const LINKEDIN_DEFAULTS: LinkedInSettings = {
  versions: ['202601', '202602', '202603', '202604', '202605', '202606', '202607', '202608'],
  tokens: {},
  app: { id: '77sandboxclient', secret: 'WPL_AP1.sandbox' },
  refreshTokens: ['sandbox-refresh-token'],
  authCodes: [],
  sourcePlatforms: ['DIRECT_API'],
  warmUpMs: 5_000,
  processingMs: 48 * HOUR_MS,
  matchRate: 0.7,
  segmentLimit: 1_000,
  elementsPerCall: 5_000,
  userCallsPerMinute: 600,
  callsPerDay: Number.POSITIVE_INFINITY,
  accessTokenSeconds: 60 * 86_400,
  refreshTokenSeconds: 365 * 86_400,
};

/** Fills in the defaults. */
export function linkedInSettings(options: LinkedInSimulatorOptions = {}): LinkedInSettings {
  return { ...LINKEDIN_DEFAULTS, ...options };
}
