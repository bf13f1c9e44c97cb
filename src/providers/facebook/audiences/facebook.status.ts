import type { AudienceFacts, AudienceSnapshot } from '../../contract/audience-manager.js';
import type { CustomAudienceStatus } from '../../contract/custom-audience-words.js';

/** What the status is made of. A code or a time that Facebook does not give is undefined. */
export interface FacebookAudienceState {
  readonly operation: number | undefined;
  readonly delivery: number | undefined;
  /** Whether there are bounds of the size already: they are -1 before. */
  readonly isCounted: boolean;
  readonly contentUpdatedAt: Date | undefined;
  /** Facebook's words for the operation code, fit to be shown. */
  readonly operationText: string;
  readonly deliveryText: string;
  readonly flaggedFields: readonly string[];
}

export type FacebookStatusFacts = Pick<AudienceFacts, 'now' | 'createdAt' | 'lastUploadAt'>;

export type FacebookVerdict = Pick<AudienceSnapshot, 'status' | 'statusReason'>;

const HOUR_MS = 3_600_000;
/** Within it what was sent shows in counts and codes. */
const UPLOAD_SHOWS_MS = 24 * HOUR_MS;
const PATIENCE_MS = 48 * HOUR_MS;
/** Our time of an upload is that of Facebook's answer, theirs may be that of the request, and clocks differ. */
const TIMES_DIFFER_MS = 60_000;

const READY = 200;
const TOO_SMALL = 300;
const UNUSABLE_FROM = 400;
const STILL_FINDING = 441;

/** Operation codes with which an audience cannot be used, and will not be by itself. */
const FAILED: Readonly<Record<number, string>> = {
  415: 'The last replacement of its members failed',
  432: 'The lookalike could not be built',
  433: 'The lookalike could not be built',
  470: 'The ad account that owns it is not active',
  471: 'Facebook flagged it in an integrity check; a person must appeal',
  500: 'Facebook reports an error of the audience',
};

/** Operation codes of work that goes on, whatever the delivery code says. */
const AT_WORK: Readonly<Record<number, string>> = {
  410: 'No users have arrived at Facebook yet',
  414: 'Its members are being replaced',
  434: 'Facebook is trying again to build the lookalike',
};

/** Operation codes with which an audience that Facebook delivers to is ready. */
const USABLE: readonly (number | undefined)[] = [undefined, 0, 100, 200, 400, 411, 412, 431, STILL_FINDING, 442, 450];

/**
 * The status of an audience, by the first rule that fits (section 7 of the notes). That it is not there at all is not told here.
 * Codes: https://developers.facebook.com/documentation/ads-commerce/marketing-api/reference/custom-audience
 */
export function facebookStatus(state: FacebookAudienceState, facts: FacebookStatusFacts): FacebookVerdict {
  const { operation, delivery } = state;
  const failure = failureOf(state);
  if (failure !== undefined) return verdict('error', failure);
  const work = operation === undefined ? undefined : AT_WORK[operation];
  if (work !== undefined) return verdict('populating', work);
  if (operation === STILL_FINDING && delivery !== READY) {
    return verdict('populating', 'Facebook is still finding people for it');
  }
  if (isUploadToShow(state, facts))
    return verdict('populating', 'What was sent in the last 24 hours does not show yet');
  if (delivery === TOO_SMALL) {
    return verdict('too-small', 'Facebook knows too few of its people (about 100 are needed) to deliver to it');
  }
  if (delivery === READY && USABLE.includes(operation)) {
    return verdict('ready', operation === STILL_FINDING ? 'Facebook is still finding people: it grows' : null);
  }
  return olderThan(PATIENCE_MS, facts)
    ? verdict('error', `Not ready after 48 hours, ${codesOf(state)}`)
    : verdict('populating', `Not ready yet, ${codesOf(state)}`);
}

function failureOf({ operation, delivery, ...texts }: FacebookAudienceState): string | undefined {
  const failure = operation === undefined ? undefined : FAILED[operation];
  if (failure !== undefined) {
    const fields = texts.flaggedFields.length > 0 ? ` (${texts.flaggedFields.join(', ')})` : '';
    return withWords(failure + fields, texts.operationText);
  }
  if (delivery === undefined || delivery < UNUSABLE_FROM) return undefined;
  return withWords(`Facebook cannot deliver to it (delivery ${delivery})`, texts.deliveryText);
}

function isUploadToShow(state: FacebookAudienceState, { now, lastUploadAt }: FacebookStatusFacts): boolean {
  if (lastUploadAt === null || now.getTime() - lastUploadAt.getTime() >= UPLOAD_SHOWS_MS) return false;
  // 0 says that the state is not available, which is no state.
  const isAbsent = state.delivery === undefined || state.delivery === 0;
  const { contentUpdatedAt } = state;
  const isOutOfDate =
    contentUpdatedAt !== undefined && contentUpdatedAt.getTime() + TIMES_DIFFER_MS < lastUploadAt.getTime();
  return isAbsent || state.delivery === TOO_SMALL || !state.isCounted || isOutOfDate;
}

function olderThan(ms: number, { now, createdAt, lastUploadAt }: FacebookStatusFacts): boolean {
  const since = Math.max(createdAt.getTime(), lastUploadAt?.getTime() ?? 0);
  return now.getTime() - since >= ms;
}

function codesOf({ operation, delivery, operationText }: FacebookAudienceState): string {
  return withWords(`operation ${operation ?? 'not told'}, delivery ${delivery ?? 'not told'}`, operationText);
}

function withWords(text: string, words: string): string {
  return words === '' ? text : `${text}: ${words}`;
}

function verdict(status: CustomAudienceStatus, statusReason: string | null): FacebookVerdict {
  return { status, statusReason };
}
