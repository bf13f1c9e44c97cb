import { seeded } from '../../src/demo/made-up-users.js';
import type { Fault } from '../../src/sandbox/fault.js';
import type { RestartMode } from './database-server.js';
import type { Platform } from './input.js';

/** The processes of the suite, by place. */
export const ROLES = ['api', 'api', 'worker', 'worker', 'worker'] as const;
export type Role = (typeof ROLES)[number];

export const KILLS = 32;
/** The last kills take every process once, so that none ends the storm holding a call that hangs. */
const LAST_ROUND = ROLES.length;
const AT_WORK = 0.75;
/** Where a platform lets one wait for a minute and more: only early, so that the wait is over when the storm is. */
const EARLY = 8;

export const PLATFORMS = ['facebook', 'tiktok', 'klaviyo'] as const satisfies readonly Platform[];
/** Of `facebook/eu`. */
export const EU_TOKEN = 'sandbox-token-eu';
export const EU_ACCOUNT = '9876543210';

/** The rounds between which the token of `facebook/eu` is refused: its tag is stopped, and frees itself. */
const EXPIRED = { from: 13, to: 17 } as const;

export const UPLOADS: Readonly<Record<Platform, string>> = {
  facebook: '*/users',
  tiktok: '*/segment/mapping/',
  klaviyo: '/api/profile-bulk-import-jobs',
};

/** One round of the storm: wait, then do all of it. */
export interface Step {
  readonly pauseMs: number;
  /** Whom to kill: a place in {@link ROLES}. */
  readonly victim: number;
  /** Whether at work; otherwise at whatever it does, its start included. */
  readonly isAtWork: boolean;
  readonly faults: readonly { readonly platform: Platform; readonly fault: Fault }[];
  readonly restart?: RestartMode;
  /** What becomes of the token of `facebook/eu`. */
  readonly token?: 'expired' | 'valid';
}

const PAGE = '<html><body>Please try again later</body></html>';

/**
 * A limit without a word on its end. It stops a tag of Facebook's for a minute: of its two only the first one, whose account is
 * in the paths of look-ups, or the storm would pass with nobody at work.
 */
const NO_RETRY_AFTER: Fault = { kind: 'rate-limit', times: 1 };
const LIMITED: Readonly<Record<Platform, string>> = { ...UPLOADS, facebook: '*/act_1234567890/*' };
/** Never answered: its worker holds it until one of them ends. */
const HANG: Fault = { kind: 'timeout', method: 'POST', times: 1 };
const QUICK_FAULTS: readonly Fault[] = [
  { kind: 'rate-limit', retryAfterSeconds: 2, times: 1 },
  { kind: 'status', status: 500, body: {}, times: 2 },
  { kind: 'status', status: 502, body: PAGE, times: 2 },
  { kind: 'status', status: 200, body: PAGE, times: 1 },
  { kind: 'drop', times: 2 },
  { kind: 'drop-after', times: 2 },
  { kind: 'delay', ms: 3_000, times: 3 },
];

/** The whole storm, the same for the same seed. */
export function plannedStorm(seed: number): Step[] {
  const random = seeded(seed + 1);
  const below = (limit: number) => Math.floor(random() * limit);
  const faults = Array.from({ length: KILLS }, (): Step['faults'][number][] => []);
  for (const platform of PLATFORMS) {
    const at = { method: 'POST', path: UPLOADS[platform] };
    faults[0]!.push({ platform, fault: { ...NO_RETRY_AFTER, path: LIMITED[platform] } });
    faults[below(EARLY)]!.push({ platform, fault: { ...HANG, path: UPLOADS[platform] } });
    for (const fault of QUICK_FAULTS) {
      faults[below(KILLS - LAST_ROUND)]!.push({ platform, fault: { ...fault, ...at } });
      // And once wherever it meets a call: a look-up, a creation, a question.
      faults[below(KILLS - LAST_ROUND)]!.push({ platform, fault: { ...fault, times: 1 } });
    }
  }
  const lastRound = shuffled(
    ROLES.map((_, place) => place),
    random,
  );
  const restarts = new Map<number, RestartMode>([
    [8 + below(4), 'immediate'],
    [18 + below(4), 'fast'],
  ]);
  return faults.map((ofStep, index) => ({
    pauseMs: 300 + below(1_200),
    victim: lastRound[index - (KILLS - LAST_ROUND)] ?? below(ROLES.length),
    isAtWork: random() < AT_WORK,
    faults: ofStep,
    restart: restarts.get(index),
    token: tokenAt(index),
  }));
}

function tokenAt(step: number): Step['token'] {
  if (step === EXPIRED.from) return 'expired';
  return step === EXPIRED.to ? 'valid' : undefined;
}

/** A copy in another order. */
export function shuffled<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, place: random() }))
    .sort((one, other) => one.place - other.place)
    .map(({ item }) => item);
}
