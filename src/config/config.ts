export type Role = 'all' | 'api' | 'worker';

/** The kind of PostgreSQL behind `DATABASE_URL`, as the queue needs to know it. */
export type QueueBackend = 'postgres' | 'yugabytedb' | 'citus' | 'cockroachdb';

export type Scope = 'audience:write' | 'audience:read' | 'admin';

export interface ApiKey {
  readonly name: string;
  readonly secret: string;
  readonly scopes: readonly Scope[];
}

/** A provider as configuration sees it: its id and the class whose fields are its variables. */
export interface ProviderSettings<Tag extends object = object> {
  /** `facebook`: variables `FACEBOOK_<VARIABLE>` and `FACEBOOK__<TAG>__<VARIABLE>`. */
  readonly id: string;
  /**
   * A class-validator class of one tag. Each key of `new Tag()` (declare every field with an initialiser, `undefined`
   * included) is a variable: `accessToken` is `ACCESS_TOKEN`.
   */
  readonly tag: new () => Tag;
}

/** Everything the environment says, checked once at start. Handed out by injection; nothing else reads `process.env`. */
export class AppConfig {
  readonly host!: string;
  readonly port!: number;
  readonly databaseUrl?: string;
  readonly dataDir!: string;
  readonly role!: Role;
  readonly apiKeys!: readonly ApiKey[];
  /** 32 bytes. Absent only with the embedded database, which then keeps its own key in `dataDir`. */
  readonly encryptionKey?: Buffer;
  readonly segmentPrefix!: string;
  readonly syncTimeoutMs!: number;
  readonly maxBodyBytes!: number;
  /** A body that brings nothing for so long is given up. */
  readonly bodyIdleTimeoutMs!: number;
  readonly maxUsersPerBatch!: number;
  /** Of one file, which is read as it comes and never held as a whole. */
  readonly maxUploadRows!: number;
  readonly maxUploadBytes!: number;
  /** Calls a minute that one API key (or one address, without keys) may make. */
  readonly rateLimitPerMinute!: number;
  /** How long a delivery is tried before it fails; it can be retried by hand then. */
  readonly deliveryMaxHours!: number;
  /** How long a session may wait for its next batch before it counts as expired. */
  readonly sessionTtlHours!: number;
  /** Seconds between two looks at a custom audience, whatever its platform's pace; absent: the platform's; 0: never. */
  readonly statusPollSeconds?: number;
  /** Whether webhooks may lead to inner addresses, and by plain http. */
  readonly webhookAllowPrivate!: boolean;
  readonly queueBackend!: QueueBackend;
  /** Whether it is kept who is in each custom audience. */
  readonly keepsMembers!: boolean;
  readonly logLevel!: string;
  /** provider id -> tag name (lower case) -> settings of the class given in `ProviderSettings`. */
  readonly providers!: ReadonlyMap<string, ReadonlyMap<string, object>>;

  /** Variables that look like a configured provider's and are none: told at start, since they may be mistyped. */
  readonly unknownVariables!: readonly string[];

  constructor(values: AppConfig) {
    Object.assign(this, values);
  }
}
