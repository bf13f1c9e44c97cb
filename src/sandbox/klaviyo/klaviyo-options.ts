import { type DailyCap } from './api/operation.js';

/**
 * How a private key behaves. `challenged` is met by the network in front of the platform, which answers with a page:
 * https://github.com/klaviyo/klaviyo-api-python/issues/84
 */
export const KLAVIYO_KEY_STATES = ['valid', 'revoked', 'no-scopes', 'read-only', 'no-segments', 'challenged'] as const;
export type KlaviyoKeyState = (typeof KLAVIYO_KEY_STATES)[number];

/** What a test may change about the simulated platform. Everything has a default, see {@link KLAVIYO_DEFAULTS}. */
export interface KlaviyoSimulatorOptions {
  /** Keys that do not work, or not fully, from the start; any other key that begins with `pk_` works. */
  readonly keys?: Readonly<Record<string, KlaviyoKeyState>>;
  /** The scopes of keys that do not have all. */
  readonly keyScopes?: Readonly<Record<string, readonly string[]>>;
  /** The accounts of keys that belong to another one than `accountId`. */
  readonly keyAccounts?: Readonly<Record<string, string>>;
  readonly accountId?: string;
  /** False switches all limits off, the daily caps included. */
  readonly rateLimits?: boolean;
  readonly dailyCaps?: Partial<Record<DailyCap, number>>;
  /** A revision that is no longer served is answered by one that is, unless the call opts out. */
  readonly revisionFallForward?: boolean;
  /** From the creation of an import job to its end; a third of it is spent in the queue. */
  readonly jobMs?: number;
  /** Time until a change shows in a segment; on the platform minutes. */
  readonly segmentDelayMs?: number;
  /** False: the account cannot send SMS, and refuses profiles that have nothing but a phone. */
  readonly smsEnabled?: boolean;
  /**
   * An imported row that names two profiles: `drop` leaves the second identifier where it is, `fail` refuses the row. What the
   * platform does is not documented.
   */
  readonly identifierConflict?: 'drop' | 'fail';
  /** Refuses to delete a list that a segment is made of. */
  readonly refuseDeleteOfUsedList?: boolean;
}

/** The options with every default filled in. */
export type KlaviyoSettings = Required<Omit<KlaviyoSimulatorOptions, 'dailyCaps'>> & {
  readonly dailyCaps: Readonly<Record<DailyCap, number>>;
};

export const KLAVIYO_DEFAULTS: KlaviyoSettings = {
  keys: {},
  keyScopes: {},
  keyAccounts: {},
  accountId: 'SNDBX1',
  rateLimits: true,
  dailyCaps: { listCreate: 150, segmentCreate: 100, segmentPatch: 100 },
  revisionFallForward: true,
  jobMs: 300,
  segmentDelayMs: 300,
  smsEnabled: true,
  identifierConflict: 'drop',
  refuseDeleteOfUsedList: false,
};

/** Fills in the defaults. */
export function klaviyoSettings(options: KlaviyoSimulatorOptions = {}): KlaviyoSettings {
  return { ...KLAVIYO_DEFAULTS, ...options, dailyCaps: { ...KLAVIYO_DEFAULTS.dailyCaps, ...options.dailyCaps } };
}
