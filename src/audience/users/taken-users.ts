import type { AudienceHead } from '../dto/audience-form.dto.js';

/** The users of one call, taken in: checked, sealed, and not yet part of any session. */
export interface TakenUsers {
  /** Rows that were left out included: they are told as rejections. */
  readonly count: number;
  /** Keyed digest of everything that decides what is sent where. */
  readonly fingerprint: Buffer;
  readonly content: SealedUsers | DraftUsers;
}

/** At hand. */
export interface SealedUsers {
  /** The id of the batch to be, which the payload is bound to. */
  readonly batch: string;
  readonly payload: Buffer;
}

/** Stored already, as the batches of a session that nobody sees. */
export interface DraftUsers {
  readonly draft: string;
}

/** One batch of an audience, as the form has brought it. */
export interface AudienceUpload extends AudienceHead {
  readonly users: TakenUsers;
}
