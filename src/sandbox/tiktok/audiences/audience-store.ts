import { type SandboxClock } from '../../sandbox-clock.js';
import { Matcher } from '../members/matcher.js';
import { MemberSet } from '../members/member-set.js';
import { invalidParameter, notAllowed, notFound } from '../tiktok-error.js';
import { type TikTokSettings } from '../tiktok-options.js';
import { type TokenGate } from '../token-gate.js';
import { type NewAudience, type TikTokAudience } from './audience.js';
import { advanceAudience, isExpired } from './audience-progress.js';

/** Above 2^53, as the platform's are: a caller that reads ids as numbers mixes neighbours up. */
const FIRST_ID = 7_410_987_654_321_000_000n;

/** All audiences of all ad accounts. */
export class AudienceStore {
  private readonly audiences = new Map<string, TikTokAudience>();
  private readonly matcher: Matcher;
  private created = 0;

  constructor(
    readonly settings: TikTokSettings,
    private readonly clock: SandboxClock,
    readonly gate: TokenGate,
  ) {
    this.matcher = new Matcher(settings);
  }

  now(): number {
    return this.clock.now();
  }

  reset(): void {
    this.audiences.clear();
    this.created = 0;
  }

  create(values: NewAudience): TikTokAudience {
    this.created += 1;
    const now = this.now();
    const audience: TikTokAudience = {
      ...values,
      id: String(FIRST_ID + BigInt(this.created)),
      createdAt: now,
      modifiedAt: now,
      members: new MemberSet(),
      coverNum: 0,
      history: [],
      sharedWith: [],
      adGroups: [],
      skipRows: 0,
      failNextJob: false,
      expired: false,
    };
    this.audiences.set(audience.id, audience);
    return audience;
  }

  delete(id: string): void {
    this.audiences.delete(id);
  }

  /** Every audience, brought up to date with the time. */
  all(): TikTokAudience[] {
    return [...this.audiences.keys()].flatMap((id) => this.find(id) ?? []);
  }

  find(id: string): TikTokAudience | undefined {
    const audience = this.audiences.get(id);
    if (audience !== undefined) advanceAudience(audience, this.now(), this.settings, this.matcher);
    return audience;
  }

  /** What an ad account sees, newest first: its own audiences and those shared with it. */
  visibleTo(advertiser: string): TikTokAudience[] {
    return this.all()
      .filter(({ advertiserId, sharedWith }) => advertiserId === advertiser || sharedWith.includes(advertiser))
      .reverse();
  }

  /** An audience that one of the ad accounts owns. */
  owned(advertisers: readonly string[], id: string): TikTokAudience {
    const audience = this.find(id);
    if (audience === undefined) throw notFound(id);
    if (!advertisers.includes(audience.advertiserId)) {
      throw notAllowed(`No permission to operate audience ${id}.`);
    }
    return audience;
  }

  /** A segment that members may be put into. */
  segment(advertisers: readonly string[], id: string): TikTokAudience {
    const audience = this.owned(advertisers, id);
    if (audience.type !== 'Partner') throw invalidParameter(`Audience ${id} is not a segment.`);
    if (isExpired(audience, this.now())) throw invalidParameter(`Audience ${id} has expired.`);
    return audience;
  }
}
