import {
  AudienceMissingError,
  PlatformUnavailableError,
  type ProviderError,
  RequestRejectedError,
} from '../../contract/provider-errors.js';
import { redactText } from '../../kit/redact.js';
import { isExpired, type TikTokAudience } from '../tiktok.lookup.js';

/** TikTok looks for the people of a file for a day or two. */
const PROCESSING_MS = 48 * 60 * 60_000;

/** Fewer people than this in an audience, before or after, and TikTok refuses to change it. */
const SMALLEST = 1_000;

const SHORTEST_WAIT_MS = 60_000;
const LONGEST_WAIT_MS = 60 * 60_000;

/** What speaks against sending a file at all; nothing when it is worth a try. */
export function obstacle(audience: TikTokAudience | undefined, now: number): ProviderError | undefined {
  if (audience === undefined || isExpired(audience, now)) {
    return new AudienceMissingError('TikTok: the audience is not there any more, or has expired');
  }
  if (audience.isValid || audience.coverNum > 0) {
    return undefined;
  }
  return audience.failure === '' && isRecent(audience, now) ? beingProcessed(audience, now) : tooSmall(audience);
}

/**
 * Why TikTok refused to change the audience: it has one code for an audience that is being processed, for one that is too
 * small, and for a mistake in the request.
 */
export function refusalOf(refusal: ProviderError, audience: TikTokAudience | undefined, now: number): ProviderError {
  const known = obstacle(audience, now);
  if (known ?? audience === undefined) {
    return known ?? refusal;
  }
  if (isRecent(audience, now)) {
    return beingProcessed(audience, now, refusal.platformCode);
  }
  return audience.coverNum < SMALLEST ? tooSmall(audience, refusal.platformCode) : refusal;
}

/** Asked again after about as long as it has been going on already: soon at first, in the end once an hour. */
function beingProcessed(audience: TikTokAudience, now: number, platformCode?: string): ProviderError {
  const ageMs = now - (audience.changedAt ?? now);
  return new PlatformUnavailableError('TikTok: the audience is being processed and takes no change until it is done', {
    platformCode,
    retryAfterMs: Math.min(Math.max(ageMs, SHORTEST_WAIT_MS), LONGEST_WAIT_MS),
  });
}

/** Whatever is done, TikTok will not change it any more. */
function tooSmall({ failure }: TikTokAudience, platformCode?: string): ProviderError {
  const said = failure === '' ? '' : `: ${redactText(failure)}`;
  return new RequestRejectedError(
    `TikTok: fewer than ${SMALLEST} people were found for the audience, which takes no change any more; delete it${said}`,
    { platformCode },
  );
}

function isRecent({ changedAt }: TikTokAudience, now: number): boolean {
  return changedAt !== undefined && now - changedAt < PROCESSING_MS;
}
