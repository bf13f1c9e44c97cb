import type { NewEvent } from '../../events/events-writer.js';
import type { CustomAudienceType } from '../../providers/contract/custom-audience-words.js';
import type { CustomAudienceRow } from './custom-audience-row.js';

/** An account that an audience of this name is to be in. */
export interface EnsureTarget {
  readonly provider: string;
  readonly tag: string;
  readonly account: string;
}

/** The record of one target. */
export interface EnsuredAudience {
  readonly id: string;
  readonly number: number;
  /** Other than `customer-list`: it takes no users. */
  readonly type: CustomAudienceType;
  readonly provider: string;
  /** Of the target, which may be another than the record's where two tags share an account. */
  readonly tag: string;
}

export interface EnsuredAudiences {
  /** In the order of the targets. */
  readonly audiences: readonly EnsuredAudience[];
  /** To be given to `EventsWriter.record` at the end of the transaction; mostly empty. */
  readonly events: readonly NewEvent[];
}

/** The event that tells of a new record. */
export function createdEvent({ id, provider, tag, name, type, audienceId }: CustomAudienceRow): NewEvent {
  return { type: 'created', audience: { id, provider, tag }, data: { name, type, audienceId } };
}
