import type { AudienceFacts, AudienceSnapshot, AudienceUses } from '../../../providers/contract/audience-manager.js';
import type { customAudiences } from '../../../storage/custom-audience-schema.js';

export type CustomAudienceRow = typeof customAudiences.$inferSelect;

/** Something that somebody should look at, in words of ours or of the platform. Never a value of a user. */
export interface NewWarning {
  readonly code: string;
  readonly message: string;
}

/** Where an audience is used, or why that could not be read. */
export type UsesReading = AudienceUses | { readonly unknown: string };

/** What was asked of a platform and answered. */
export interface Reading {
  readonly now: Date;
  readonly facts: AudienceFacts;
  /** The size that the audience should not be far below; null: there is none. */
  readonly sizeToKeep: number | null;
  /** Nothing: the platform does not have the audience. */
  readonly snapshot: AudienceSnapshot | undefined;
  /** Nothing: it was not asked. */
  readonly uses: UsesReading | undefined;
  readonly minimumSize: number | null;
}
