import { type SandboxClock } from '../../sandbox-clock.js';
import { notFound } from '../api/ads-error.js';
import { MemberSet } from '../members/member-set.js';
import { type TwitterSettings } from '../twitter-options.js';
import { type TwitterAudience } from './audience.js';

const FIRST_ID = 2_718_281;

/** All custom audiences of all accounts. */
export class AudienceStore {
  private readonly audiences = new Map<string, TwitterAudience>();
  private created = 0;

  constructor(
    readonly settings: TwitterSettings,
    private readonly clock: SandboxClock,
  ) {}

  now(): number {
    return this.clock.now();
  }

  reset(): void {
    this.audiences.clear();
    this.created = 0;
  }

  create(accountId: string, name: string, description: string | null): TwitterAudience {
    this.created += 1;
    const now = this.now();
    const audience: TwitterAudience = {
      id: (FIRST_ID + this.created).toString(36),
      accountId,
      audienceType: 'CRM',
      createdAt: now,
      updatedAt: now,
      name,
      description,
      members: new MemberSet(this.settings.matchRate),
      size: null,
      // The first run also counts an audience that is still empty.
      unmatchedSince: now,
      deleted: false,
      miscount: 0,
      refuses: [],
      campaigns: [],
    };
    this.audiences.set(audience.id, audience);
    return audience;
  }

  /** Whether a name is free in an account. */
  isFree(accountId: string, name: string, except?: TwitterAudience): boolean {
    return !this.ofAccount(accountId).some((one) => one !== except && one.name === name && !one.deleted);
  }

  /** Every audience of an account, deleted ones too, in the order of their creation. */
  ofAccount(accountId: string): TwitterAudience[] {
    return this.all().filter((audience) => audience.accountId === accountId);
  }

  /** Every audience, brought up to date with the time. */
  all(): TwitterAudience[] {
    return [...this.audiences.keys()].flatMap((id) => this.find(id) ?? []);
  }

  find(id: string): TwitterAudience | undefined {
    const audience = this.audiences.get(id);
    if (audience !== undefined) this.match(audience);
    return audience;
  }

  /** An audience that an account owns and that is not deleted, unless deleted ones are asked for. */
  owned(accountId: string, id: string, withDeleted = false): TwitterAudience {
    const audience = this.find(id);
    if (audience === undefined || audience.accountId !== accountId || (audience.deleted && !withDeleted)) {
      throw notFound('The custom audience');
    }
    return audience;
  }

  /** Notes that members have changed; a run that is due already is not put off. */
  touch(audience: TwitterAudience): void {
    audience.updatedAt = this.now();
    audience.unmatchedSince ??= this.now();
  }

  private match(audience: TwitterAudience): void {
    const now = this.now();
    audience.members.expire(now);
    const { unmatchedSince } = audience;
    if (unmatchedSince === undefined || now - unmatchedSince < this.settings.matchMs) return;
    audience.size = audience.members.matched;
    delete audience.unmatchedSince;
  }
}
