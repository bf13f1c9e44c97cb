/** How a token behaves. `read-only` has the scope for reading audiences only; `no-permission` has none. */
export const TIKTOK_TOKEN_STATES = ['valid', 'expired', 'revoked', 'no-permission', 'read-only'] as const;
export type TikTokTokenState = (typeof TIKTOK_TOKEN_STATES)[number];

/** Calls that one developer app may make, all its tokens together. */
export interface RateTier {
  readonly perSecond: number;
  readonly perMinute: number;
  readonly perDay: number;
}

/** A person on the platform: plain addresses in the form the platform matches on, and numbers in E.164 with the plus. */
export interface KnownPerson {
  readonly emails?: readonly string[];
  readonly phones?: readonly string[];
}

/** What a test may change about the simulated platform. Everything has a default, see {@link TIKTOK_DEFAULTS}. */
export interface TikTokSimulatorOptions {
  /** The ad accounts that exist; by default every one does. */
  readonly advertisers?: readonly string[];
  /** The only tokens that exist, besides those given out for an authorization code; by default every token works. */
  readonly acceptedTokens?: readonly string[];
  /** Tokens that may act for some ad accounts only; other tokens may act for all. */
  readonly tokenAdvertisers?: Readonly<Record<string, readonly string[]>>;
  /** The business account that an ad account is under; those not named are under one together. */
  readonly businesses?: Readonly<Record<string, string>>;
  /** Tokens that do not work, or not fully, from the start. */
  readonly tokens?: Readonly<Record<string, TikTokTokenState>>;
  readonly app?: { readonly id: string; readonly secret: string };
  /** Authorization codes and the ad accounts they open. They are good for an hour from the start. */
  readonly authCodes?: Readonly<Record<string, readonly string[]>>;
  /** How long a new segment takes no members; on the platform 1 to 2 minutes. */
  readonly warmUpMs?: number;
  /** Time until a change shows in counts and status, and that a file takes; on the platform 24 to 48 h. */
  readonly processingMs?: number;
  /** Matched people below which an audience cannot be used and a file update fails. */
  readonly minimumSize?: number;
  /** Share of the people that the platform knows, 0 to 1. Who is known depends on their identifiers only. */
  readonly matchRate?: number;
  /** The people that the platform knows; with it there is no rate. */
  readonly directory?: readonly KnownPerson[];
  /** Most rows of one `/segment/mapping/` call. */
  readonly mappingRows?: number;
  /** Most bytes of one `/segment/mapping/` call. */
  readonly mappingBytes?: number;
  readonly maxFileBytes?: number;
  readonly fileLifetimeMs?: number;
  /** What `/segment/*` answers as success: the reference prints 200, production traffic shows 0. */
  readonly segmentSuccessCode?: 0 | 200;
  /** Whether `/dmp/custom_audience/get/` leaves unknown ids out or refuses them; both have been told of. */
  readonly unknownIds?: 'omit' | 'refuse';
  /** Lets `/dmp/custom_audience/update/` rename a segment, which the documentation does not promise. */
  readonly renameSegments?: boolean;
  /** Limits of all calls but those to `/segment/*`, which have their own. */
  readonly generalRate?: Partial<RateTier>;
  readonly segmentRate?: Partial<RateTier>;
}

type WithoutDefault = 'advertisers' | 'acceptedTokens' | 'directory';

/** The options with every default filled in. */
export type TikTokSettings = Required<Omit<TikTokSimulatorOptions, WithoutDefault | 'generalRate' | 'segmentRate'>> &
  Pick<TikTokSimulatorOptions, WithoutDefault> & { readonly generalRate: RateTier; readonly segmentRate: RateTier };

/** Rates of the Basic tier, where every app starts: https://business-api.tiktok.com/portal/docs?id=1740029171730433 */
export const TIKTOK_DEFAULTS: TikTokSettings = {
  tokenAdvertisers: {},
  businesses: {},
  tokens: {},
  app: { id: '7000000000000000001', secret: 'sandbox-secret' },
  authCodes: {},
  warmUpMs: 0,
  processingMs: 2000,
  minimumSize: 1000,
  matchRate: 0.7,
  mappingRows: 1000,
  mappingBytes: 1_000_000,
  maxFileBytes: 50 * 1024 * 1024,
  fileLifetimeMs: 24 * 3_600_000,
  segmentSuccessCode: 0,
  unknownIds: 'omit',
  renameSegments: false,
  generalRate: { perSecond: 10, perMinute: 600, perDay: 864_000 },
  segmentRate: { perSecond: 10_000, perMinute: 600_000, perDay: 864_000_000 },
};

/** Fills in the defaults. */
export function tiktokSettings(options: TikTokSimulatorOptions = {}): TikTokSettings {
  return {
    ...TIKTOK_DEFAULTS,
    ...options,
    generalRate: { ...TIKTOK_DEFAULTS.generalRate, ...options.generalRate },
    segmentRate: { ...TIKTOK_DEFAULTS.segmentRate, ...options.segmentRate },
  };
}

/** The business account that an ad account is under. */
export function businessOf(advertiser: string, settings: TikTokSettings): string {
  return settings.businesses[advertiser] ?? '6990000000000000001';
}
