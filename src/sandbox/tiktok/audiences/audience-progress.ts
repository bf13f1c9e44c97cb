import { type Matcher } from '../members/matcher.js';
import { MemberSet } from '../members/member-set.js';
import { type TikTokSettings } from '../tiktok-options.js';
import { type FileJob, type TikTokAudience } from './audience.js';

const DAY_MS = 86_400_000;
const DEFAULT_RETENTION_DAYS = 365;

/** Does what time alone does to an audience: ends file jobs and makes counts. */
export function advanceAudience(
  audience: TikTokAudience,
  now: number,
  settings: Pick<TikTokSettings, 'processingMs' | 'minimumSize'>,
  matcher: Matcher,
): void {
  const { job, unsettledSince } = audience;
  const { processingMs, minimumSize } = settings;
  if (job !== undefined && now - job.startedAt >= processingMs) {
    delete audience.job;
    endJob(audience, job, job.startedAt + processingMs, minimumSize, matcher);
  }
  if (unsettledSince !== undefined && now - unsettledSince >= processingMs) {
    delete audience.unsettledSince;
    audience.coverNum = audience.findsPeople ?? matcher.cover(audience.members);
    noteHistory(audience, 'update', unsettledSince + processingMs);
  }
}

/** Notes that a segment has changed: its counts follow later. */
export function contentChanged(audience: TikTokAudience, now: number): void {
  audience.modifiedAt = now;
  audience.unsettledSince = now;
}

/** Adds a line to the history. The platform's names for actions other than `create` are not public; these are made up. */
export function noteHistory(audience: TikTokAudience, action: string, now: number, msg: string | null = null): void {
  audience.history.unshift({
    action,
    action_detail: String(audience.coverNum),
    editor: 'open_api',
    msg,
    opt_time: platformTime(now),
  });
}

/** When it stops to be usable: https://ads.tiktok.com/help/article/audience-expiration-policy */
export function expiryOf({ createdAt, modifiedAt, retentionDays }: TikTokAudience): number {
  if (retentionDays !== undefined) return createdAt + retentionDays * DAY_MS;
  return modifiedAt + DEFAULT_RETENTION_DAYS * DAY_MS;
}

/** An expired audience can only be deleted. */
export function isExpired(audience: TikTokAudience, now: number): boolean {
  return audience.expired || now >= expiryOf(audience);
}

/** Matched people as they show now. */
export function coverOf(audience: TikTokAudience, now: number): number {
  return isExpired(audience, now) ? 0 : audience.coverNum;
}

/** Times show in GMT, as in `2026-11-20 10:11:12`. */
export function platformTime(ms: number): string {
  return new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
}

/** A result that is too small changes nothing; of a new audience nothing remains but its name. */
function endJob(audience: TikTokAudience, job: FileJob, now: number, minimumSize: number, matcher: Matcher): void {
  const members = membersAfter(audience, job);
  const cover = matcher.cover(members);
  const failed = audience.failNextJob || cover < minimumSize;
  audience.modifiedAt = now;
  if (failed) {
    audience.errorMsg = audience.failNextJob
      ? 'The file could not be processed.'
      : `The audience size is less than ${minimumSize} after the operation.`;
    audience.failNextJob = false;
  } else {
    audience.members = members;
    audience.coverNum = cover;
    delete audience.errorMsg;
  }
  noteHistory(audience, job.action.toLowerCase(), now, audience.errorMsg ?? null);
}

function membersAfter(audience: TikTokAudience, { action, keys }: FileJob): MemberSet {
  const members = action === 'CREATE' || action === 'REPLACE' ? new MemberSet() : new MemberSet(audience.members);
  if (action === 'REMOVE') members.remove(keys);
  else members.add(keys);
  return members;
}
