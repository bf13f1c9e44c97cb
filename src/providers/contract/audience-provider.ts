import type { AudienceManager, AudienceSupport } from './audience-manager.js';
import type { AudienceUser } from './audience-user.js';
import type { IdentifierField, RejectionReason } from './rejection-vocabulary.js';

export type { IdentifierField, RejectionReason };

/** `@Inject(AUDIENCE_PROVIDERS) providers: readonly AudienceProvider[]` receives every platform of the build. */
export const AUDIENCE_PROVIDERS = Symbol('AUDIENCE_PROVIDERS');

/** What may be asked of one request to a platform. */
export interface ProviderLimits {
  /** Most users in one request. */
  readonly rowsPerChunk: number;
  /** Most bytes of request body, where the platform sets a limit; needs {@link AudienceProvider.rowBytes}. */
  readonly bytesPerChunk?: number;
  /** Calls a minute that one tag may make, over all processes. */
  readonly callsPerMinute: number;
  /** Deliveries of one tag that run side by side, over all processes. */
  readonly concurrency: number;
  /** How long to wait before asking for the outcome of an asynchronous upload, ms; needed with `pollUpload`. */
  readonly pollMs?: number;
}

/** What a platform can do beyond receiving users; published by `GET /providers`. */
export type ProviderAction = 'upload' | 'remove' | 'replace' | 'share' | 'lookalike';

/**
 * One platform. `Row` is one user in the platform's own shape, already normalised and hashed.
 * A provider holds no state of a delivery: the engine calls it from any process, in any order, again after a crash.
 */
export abstract class AudienceProvider<Row = unknown> {
  /** Provider id, the first half of a tag's full name: `facebook`. */
  abstract readonly id: string;
  abstract readonly limits: ProviderLimits;
  abstract readonly actions: readonly ProviderAction[];
  /** Names of the configured tags; empty: the platform is off in this deployment. */
  abstract tags(): readonly string[];
  /** The limits of one tag, where its settings change them. */
  limitsOf(_tag: string): ProviderLimits {
    return this.limits;
  }
  /**
   * What a tag's audiences belong to: the account, and whatever else keeps two tags from using the same audience. Two tags with
   * the same answer share their remote audiences. Shown by `GET /providers`, so never a secret.
   */
  abstract account(tag: string): string;
  /** Tags with the same answer share one budget of calls: a platform may count by project or application. */
  quota(tag: string): string {
    return tag;
  }
  /**
   * Pure: every user becomes a row or a rejection. `user` of both is the index in `users`, ascending in `rows`.
   *
   * @param trace told every step of the normalisation; given for a single user, when somebody asks for an explanation
   */
  abstract prepare(users: readonly AudienceUser[], tag: string, trace?: NormalisationTrace): Prepared<Row>;
  /** Pure: what a row tells the platform about its user, for previews. Nothing that all rows have in common. */
  abstract identifiers(row: Row, tag: string): readonly SentIdentifier[];
  /** Bytes one row takes in a request body, separators included. Needed only with `limits.bytesPerChunk`. */
  rowBytes?(row: Row): number;
  /** The platform seen with one tag's credentials. */
  abstract client(tag: string): ProviderClient<Row>;
  /** What the platform offers for its audiences. */
  abstract readonly audiences: AudienceSupport;
  /** The audiences of a tag's account: state, name, shares, lookalikes, deletion. */
  abstract manager(tag: string): AudienceManager<Row>;
}

/** The platform seen with one tag's credentials. Throws `ProviderError` and nothing else. */
export interface ProviderClient<Row = unknown> {
  /** Its audiences are made out of their first users: none can be created empty, and `firstChunk` is never empty. */
  readonly isMadeOfUsers?: boolean;
  /**
   * The audience of exactly this name in the tag's account, over all pages. Where a name stands twice, the oldest, or an error
   * where the platform gives nothing to choose by.
   */
  findAudience(segment: string, ctx: CallContext): Promise<RemoteAudience | undefined>;
  /** Called once for a name, under the engine's lock. */
  createAudience(segment: string, ctx: CreateContext<Row>): Promise<CreatedAudience>;
  /** Sends one chunk in one request. Must be harmless when repeated. */
  upload(audience: RemoteAudience, chunk: readonly Row[], ctx: UploadContext): Promise<Receipt>;
  /**
   * Takes one chunk of users out, in one request where the platform has that. The rows are those that were sent to add them.
   * Must be harmless when repeated, and for users who are not in: they count as `accepted`.
   */
  remove(audience: RemoteAudience, chunk: readonly Row[], ctx: UploadContext): Promise<Receipt>;
  /** Asks for the outcome of an asynchronous upload or removal; see `Receipt.remoteJobId`. */
  pollUpload?(remoteJobId: string, ctx: CallContext): Promise<Receipt | 'pending'>;
}

/** The platform's own object. `id` is all the engine stores of it. */
export interface RemoteAudience {
  readonly id: string;
}

/** A new audience; with `receipt` when it was made of the first chunk, which then is not uploaded again. */
export interface CreatedAudience extends RemoteAudience {
  readonly receipt?: Receipt;
}

export interface Prepared<Row> {
  readonly rows: readonly PreparedRow<Row>[];
  readonly rejections: readonly Rejection[];
}

export interface PreparedRow<Row> {
  readonly user: number;
  readonly row: Row;
}

/**
 * One user or one identifier that is not sent: an index and words, never a value.
 * Without `field` the whole user is skipped (and has no row); with `field` only that identifier is left out.
 */
export interface Rejection {
  readonly user: number;
  readonly field?: IdentifierField;
  readonly reason: RejectionReason;
}

/** One thing that is sent of a user, in the platform's words: `EMAIL`, `phone_number`, `properties.blotout_profit`. */
export interface SentIdentifier {
  readonly name: string;
  /** As it is sent. */
  readonly value: string;
  /** Whether `value` is a digest. */
  readonly hashed: boolean;
}

/** Hears how a value comes to its normal form; the rules tell it, see `kit/values/value-trace.ts`. */
export interface NormalisationTrace {
  /**
   * @param rule in a few words: first `as given`, last `SHA-256` where a digest is sent, `refused: not an address` where nothing
   * @param result what that made of the value; of a refusal the reason
   */
  step(field: IdentifierField, rule: string, result: string): void;
}

/** What the platform said to one chunk. */
export interface Receipt {
  /** Rows that the platform took. */
  readonly accepted: number;
  /** Rows that it named as refused; `row` is the index within the chunk. */
  readonly refused: readonly { readonly row: number; readonly reason: RejectionReason }[];
  /** Rows that it counted as refused without naming them. */
  readonly refusedUnnamed?: number;
  /**
   * Set when the platform decides later. What `refused` names is then final; all other rows are pending, `accepted` is ignored,
   * and `pollUpload` gives the receipt of the pending rows, its row numbers counting among these alone.
   */
  readonly remoteJobId?: string;
  /** The platform asks for so long a pause before the account's next call, ms. */
  readonly pauseMs?: number;
}

export interface CallContext {
  /** The delivery, or the custom audience where one is created by hand. */
  readonly deliveryId: string;
  /** Aborted at shutdown and when the delivery was lost to another worker. */
  readonly signal: AbortSignal;
}

export interface CreateContext<Row = unknown> extends CallContext {
  /** `custom` or `primary`, for platforms that have a place for it. */
  readonly audienceType: AudienceType;
  /** The rows that wait to be sent; empty when the audience is created by hand. See {@link ProviderClient.isMadeOfUsers}. */
  readonly firstChunk: readonly Row[];
}

export type AudienceType = 'custom' | 'primary';

export interface UploadContext extends CallContext {
  readonly session: SessionPosition;
}

/** Where a chunk stands within the whole audience upload, for platforms that want to be told. */
export interface SessionPosition {
  readonly sessionId: number;
  /** With the name and `sessionId`, what makes a session: one name may come with either type, and goes to one audience. */
  readonly audienceType: AudienceType;
  /** Place of this batch from 1, each once, whether the caller counts from 0 or from 1; not always in the caller's order. */
  readonly batch: number;
  readonly totalBatches: number;
  readonly totalUsers: number;
  /** 0-based place of this part of its batch: large batches have several, which may be on their way together. Unset: 0. */
  readonly part?: number;
  /** 0-based place of this chunk in its part. */
  readonly chunk: number;
  /** Minutes since the first batch of the session arrived. */
  readonly ageMinutes: number;
  /** True only when no other chunk of the session is or will be on its way to this tag. */
  readonly last: boolean;
}
