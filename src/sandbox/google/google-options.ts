/**
 * How a credential (a refresh token, or the address of a service account) behaves, together with every access token that was
 * got with it. `other-scope` was consented to for the Google Ads API alone, `no-adwords` for the Data Manager API alone; `tos-unsigned` means the account, not the credential.
 */
export const GOOGLE_CREDENTIAL_STATES = [
  'valid',
  'revoked',
  'other-scope',
  'no-adwords',
  'api-disabled',
  'no-access',
  'not-allowlisted',
  'tos-unsigned',
] as const;
export type GoogleCredentialState = (typeof GOOGLE_CREDENTIAL_STATES)[number];

/** The quotas that a project has, each a day and a minute: https://developers.google.com/data-manager/api/devguides/limits */
export const QUOTAS = ['IngestionMutate', 'IngestionRead', 'ManagementMutate', 'ManagementRead'] as const;
export type Quota = (typeof QUOTAS)[number];

export interface QuotaLimit {
  readonly perMinute: number;
  readonly perDay: number;
}

/** A service account that exists, and the key it signs with. */
export interface ServiceAccount {
  readonly clientEmail: string;
  /** PEM. */
  readonly publicKey: string;
  readonly privateKeyId?: string;
  readonly project: string;
}

/** A list that is there from the start. Without `uploadKeyType` it is one that the platform fills itself. */
export interface SeedList {
  readonly account: string;
  readonly displayName: string;
  readonly accessReason?: 'OWNED' | 'SHARED' | 'LICENSED' | 'SUBSCRIBED' | 'AFFILIATED';
  readonly uploadKeyType?: 'CONTACT_ID' | 'MOBILE_ID' | 'USER_ID';
}

/** What a test may change about the simulated platform. Everything has a default, see {@link GOOGLE_DEFAULTS}. */
export interface GoogleSimulatorOptions {
  /** The OAuth clients that exist. The number in front of an id is the client's Cloud project. */
  readonly clients?: Readonly<Record<string, string>>;
  /** The only refresh tokens that exist; by default every one does. */
  readonly refreshTokens?: readonly string[];
  readonly serviceAccounts?: readonly ServiceAccount[];
  /** Credentials that do not work, or not fully, from the start. */
  readonly credentials?: Readonly<Record<string, GoogleCredentialState>>;
  /** The accounts that a credential is a user of; those not named may use all. */
  readonly accountsOf?: Readonly<Record<string, readonly string[]>>;
  /** The manager of an account; without an entry for it, every account may be the manager of every other. */
  readonly managerOf?: Readonly<Record<string, string>>;
  readonly tokenLifetimeSeconds?: number;
  /** False switches the quotas off. */
  readonly rateLimits?: boolean;
  /** Operations of the Google Ads API that a Cloud project has a day; those of Explorer access by default. */
  readonly adsOperationsPerDay?: number;
  /** The versions of the Google Ads API that are served. */
  readonly adsVersions?: readonly string[];
  readonly quotas?: Partial<Record<Quota, QuotaLimit>>;
  readonly lists?: readonly SeedList[];
  /** From an accepted request to its outcome; on the platform half an hour and more. */
  readonly processingMs?: number;
  /** Until sizes show; on the platform 6 to 48 hours. */
  readonly sizeDelayMs?: number;
  /** Share of the people that the platform knows, 0 to 1. Who is known depends on their identifiers only. */
  readonly matchRate?: number;
  /** Digests of addresses and numbers that the platform knows; with it there is no rate. */
  readonly knownDigests?: readonly string[];
  /** Digests of people in the European Economic Area, beside those whose address says so. */
  readonly eeaDigests?: readonly string[];
  /** Postal codes that are refused besides those that are none: what the platform's rule is nobody knows. */
  readonly refusedPostalCodes?: readonly string[];
}

type WithoutDefault = 'refreshTokens' | 'knownDigests';

/** The options with every default filled in. */
export type GoogleSettings = Required<Omit<GoogleSimulatorOptions, WithoutDefault | 'quotas'>> &
  Pick<GoogleSimulatorOptions, WithoutDefault> & { readonly quotas: Readonly<Record<Quota, QuotaLimit>> };

export const SAMPLE_CLIENT = '123456789012-sandbox.apps.googleusercontent.com';
export const SAMPLE_SECRET = 'GOCSPX-sandbox-client-secret';

const INGESTION: QuotaLimit = { perMinute: 300, perDay: 100_000 };
const MANAGEMENT: QuotaLimit = { perMinute: 300, perDay: 50_000 };

export const GOOGLE_DEFAULTS: GoogleSettings = {
  clients: { [SAMPLE_CLIENT]: SAMPLE_SECRET },
  serviceAccounts: [],
  credentials: {},
  accountsOf: {},
  managerOf: {},
  tokenLifetimeSeconds: 3_599,
  rateLimits: true,
  adsOperationsPerDay: 2_880,
  adsVersions: ['v23', 'v24', 'v25', 'v26'],
  quotas: {
    IngestionMutate: INGESTION,
    IngestionRead: INGESTION,
    ManagementMutate: MANAGEMENT,
    ManagementRead: MANAGEMENT,
  },
  lists: [],
  processingMs: 300,
  sizeDelayMs: 1_000,
  matchRate: 0.7,
  eeaDigests: [],
  refusedPostalCodes: [],
};

/** Fills in the defaults. */
export function googleSettings(options: GoogleSimulatorOptions = {}): GoogleSettings {
  return { ...GOOGLE_DEFAULTS, ...options, quotas: { ...GOOGLE_DEFAULTS.quotas, ...options.quotas } };
}
