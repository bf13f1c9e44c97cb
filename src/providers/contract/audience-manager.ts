import type { RemoteAudience } from './audience-provider.js';
import type {
  CustomAudienceAction,
  CustomAudienceStatus,
  CustomAudienceType,
  EngagementType,
} from './custom-audience-words.js';

/** What a platform offers for its audiences, beyond receiving users; published by `GET /providers`. */
export interface AudienceSupport {
  /** What it lacks, each with one sentence on that and on what it has instead; all other actions are offered. */
  readonly lacks: Readonly<Partial<Record<CustomAudienceAction, string>>>;
  /** Never empty; `customer-list` is the only one that takes users. */
  readonly types: readonly CustomAudienceType[];
  /** What people may have engaged with; only with the type `engagement`. */
  readonly engagementTypes?: readonly EngagementType[];
  /** What `update` can change. The engine answers 422 to anything else of these three. */
  readonly changes: readonly (keyof AudienceChange)[];
  /** Days that members or the audience are kept; absent: the platform has no such setting. */
  readonly retentionDays?: { readonly min: number; readonly max: number };
  /** Matched people below which the audience cannot be targeted; null: no minimum. */
  readonly minimumSize: number | null;
  /** Figures and uses that the platform gives, exactly or as an estimate; all others are null on our record. */
  readonly tells: readonly ('size' | 'matchedUsers' | 'matchingRate' | 'campaigns' | 'ads' | 'exclusions')[];
  /** How often the state is asked for: at this pace until the last change is so old. The last step has no end. */
  readonly polling: readonly { readonly everyMinutes: number; readonly untilMinutes?: number }[];
  /** Calls a minute that reading states may take of one tag, over all processes. */
  readonly readsPerMinute: number;
}

/**
 * The audiences of one tag's account: everything but their members. Throws `ProviderError` and nothing else. Holds no state.
 * What a platform lacks is left out here and told in {@link AudienceSupport}.
 */
export interface AudienceManager<Row = unknown> {
  /** The audience as it is now; nothing when the platform does not have it (any more). Makes as few calls as it can. */
  read(id: string, facts: AudienceFacts, ctx: ManagementContext): Promise<AudienceSnapshot | undefined>;
  /** Where the audience is used. May take several calls. */
  uses?(id: string, ctx: ManagementContext): Promise<AudienceUses>;
  /** @throws AudienceMissingError, RequestRejectedError with the platform's reason */
  update?(id: string, change: AudienceChange, ctx: ManagementContext): Promise<void>;
  /** One that is gone already is no error. @throws RequestRejectedError where the platform refuses it, such as for one in use */
  delete(id: string, ctx: ManagementContext): Promise<void>;
  /** Lets other accounts use the audience. What the platform says of each account; the call itself may fail for all. */
  share?(id: string, request: ShareRequest, ctx: ManagementContext): Promise<readonly ShareOutcome[]>;
  /** A new audience of people like those in the given one. */
  createLookalike?(seed: string, request: LookalikeRequest, ctx: ManagementContext): Promise<RemoteAudience>;
  /** A new audience that fills itself; needed with any type but `customer-list`. */
  createFromRules?(request: RuleAudienceRequest, ctx: ManagementContext): Promise<RemoteAudience>;
  /**
   * Takes people out of everything the account keeps, where the platform has that in one call; their removal from each audience
   * is done besides. Must be harmless when repeated, and for people whom the account does not know.
   */
  erase?(people: readonly Row[], ctx: ManagementContext): Promise<void>;
  /** When the tag's credentials end; null: they do not, or the platform does not say. */
  credentialsEnd?(ctx: ManagementContext): Promise<Date | null>;
}

export interface ManagementContext {
  /** Aborted when the caller has gone, or at shutdown. */
  readonly signal: AbortSignal;
}

/** What we know of an audience and the platform does not tell; the rules for its status need it (section 7 of the notes). */
export interface AudienceFacts {
  readonly type: CustomAudienceType;
  readonly now: Date;
  readonly createdAt: Date;
  /** When the platform last took or lost users through us; null: never. */
  readonly lastUploadAt: Date | null;
  /** Distinct users that it has from us; null: not known. */
  readonly uploadedRecords: number | null;
  /** Whether deliveries to it are open, the platform's own processing included. */
  readonly isUploading: boolean;
  /** Whether the latest upload failed for good and none before it arrived. */
  readonly hasFailed: boolean;
}

/** What the platform says of an audience. A figure that it does not give is null, never made up. */
export interface AudienceSnapshot {
  readonly name: string | null;
  readonly description: string | null;
  readonly status: CustomAudienceStatus;
  /** Why, in one sentence without values of users; null where the status says all. Never null with `error`. */
  readonly statusReason: string | null;
  /** What somebody should look at although the audience works: `low-match-rate`, and a sentence. */
  readonly warnings: readonly { readonly code: string; readonly message: string }[];
  /** People who can be reached with it. */
  readonly size: Figure | null;
  /** Of those we sent, how many the platform knows. */
  readonly matchedUsers: Figure | null;
  /** 0 to 1. */
  readonly matchingRate: Figure | null;
  readonly retentionDays: number | null;
  /** Ids of lookalikes made of it, where reading it tells them. */
  readonly lookalikeAudiences: readonly string[] | null;
  /** When the platform last changed it; null: not told. */
  readonly changedAt: Date | null;
}

export interface Figure {
  readonly value: number;
  /** Rounded, a middle of a range, or computed of other figures. */
  readonly isEstimate: boolean;
}

/** Null: the platform does not tell. */
export interface AudienceUses {
  readonly campaigns: readonly AudienceUse[] | null;
  /** Ads, ad groups or line items. */
  readonly ads: readonly AudienceUse[] | null;
  /** Where the audience is used to keep people out. */
  readonly exclusions: readonly AudienceUse[] | null;
}

export interface AudienceUse {
  readonly id: string;
  readonly name: string | null;
}

/** Only what is to change. */
export interface AudienceChange {
  readonly name?: string;
  readonly description?: string;
  readonly retentionDays?: number;
}

export interface ShareRequest {
  /** Account ids as the platform writes them, without any prefix of ours. */
  readonly accounts: readonly string[];
  /** Whether the others may change it or see more of it than its name, where the platform tells the two apart. */
  readonly permission: 'read' | 'write';
  /** How two businesses stand to each other, in Meta's words (`AGENCY`); other platforms do not ask. */
  readonly relationship?: string;
}

export interface ShareOutcome {
  readonly account: string;
  /** `pending`: somebody over there has to agree first. */
  readonly state: 'shared' | 'pending' | 'refused';
  readonly message?: string;
}

/** A platform refuses (`RequestRejectedError`, naming the field) what it cannot express rather than leave it out. */
export interface LookalikeRequest {
  readonly name: string;
  readonly description?: string;
  /** ISO 3166-1 alpha-2, at least one unless `locations` is given. */
  readonly countries: readonly string[];
  /** Places in the platform's own ids, such as `urn:li:geo:103644278`. */
  readonly locations?: readonly string[];
  /** How far it reaches; platforms with a ratio: 1, 5 and 10 percent. */
  readonly reach: 'narrow' | 'balanced' | 'broad';
  /** Share of the country's people, 0.01 to 0.2, where the platform counts so; goes before `reach`. */
  readonly ratio?: number;
  /** People wanted, where the platform counts so. */
  readonly people?: number;
}

/** An audience of people who did something. The fields are those of the custom audience, checked already. */
export interface RuleAudienceRequest {
  readonly name: string;
  readonly description?: string;
  readonly type: Exclude<CustomAudienceType, 'customer-list'>;
  /** Days a person stays after what they did. */
  readonly retentionDays: number;
  /** Id of the pixel or offline event set. */
  readonly pixel?: string;
  /** On a web site; people who meet one of the rules. */
  readonly websiteRules?: readonly WebsiteRule[];
  /** In an app. */
  readonly appEvents?: { readonly appId: string; readonly events: readonly string[] };
  readonly engagementType?: EngagementType;
  /** What was engaged with: ids of the pages, videos, forms or accounts. */
  readonly engagementSources?: readonly string[];
}

export interface WebsiteRule {
  /** `PageView`, `Purchase`; absent: any visit. */
  readonly event?: string;
  /** Of the address; absent: any. */
  readonly url?: { readonly operator: 'contains' | 'equals' | 'starts-with'; readonly value: string };
}
