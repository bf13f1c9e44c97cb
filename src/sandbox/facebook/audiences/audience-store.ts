import { type SandboxClock } from '../../sandbox-clock.js';
import { type FacebookSettings } from '../facebook-options.js';
import { type GraphCall } from '../graph-call.js';
import { notAllowed, notFound } from '../graph-error.js';
import { MemberSet } from '../members/member-set.js';
import { SessionBook } from '../members/upload-sessions.js';
import { type TokenGate } from '../token-gate.js';
import { type FacebookAudience, type NewAudience } from './audience.js';
import { advanceAudience } from './audience-status.js';

/** Above 2^53, as the platform's are: a caller that reads ids as numbers mixes neighbours up. */
const FIRST_ID = 120_210_987_654_321_000n;

/** All audiences of all accounts. */
export class AudienceStore {
  readonly sessions = new SessionBook();
  private readonly audiences = new Map<string, FacebookAudience>();
  private created = 0;

  constructor(
    readonly settings: FacebookSettings,
    private readonly clock: SandboxClock,
    private readonly gate: TokenGate,
  ) {}

  now(): number {
    return this.clock.now();
  }

  reset(): void {
    this.audiences.clear();
    this.sessions.reset();
    this.created = 0;
  }

  create(values: NewAudience): FacebookAudience {
    this.created += 1;
    const now = this.now();
    const audience: FacebookAudience = {
      ...values,
      id: String(FIRST_ID + BigInt(this.created)),
      createdAt: now,
      updatedAt: now,
      members: new MemberSet(this.settings.matchRate),
      flagged: false,
      failReplace: false,
      shares: new Map(),
      ads: [],
      reported: {},
      ...(values.lookalike === undefined && values.rule === undefined
        ? {}
        : { contentUpdatedAt: now, unsettledSince: now }),
    };
    this.audiences.set(audience.id, audience);
    return audience;
  }

  delete(id: string): void {
    this.audiences.delete(id);
  }

  /** Every audience, brought up to date with the time. */
  all(): FacebookAudience[] {
    return [...this.audiences.keys()].flatMap((id) => this.find(id) ?? []);
  }

  find(id: string): FacebookAudience | undefined {
    const audience = this.audiences.get(id);
    if (audience !== undefined) advanceAudience(audience, this.now(), this.settings.populationDelayMs);
    return audience;
  }

  /** The audience a call is about, if its token may see it. */
  visible(call: GraphCall): FacebookAudience {
    const audience = this.find(call.id);
    if (
      audience === undefined ||
      !this.accountsOf(audience).some((account) => this.gate.reaches(call.token, account))
    ) {
      throw notFound(call.method, call.id);
    }
    return audience;
  }

  /** The audience a call is about, if its token may change it: only the owner's may. */
  editable(call: GraphCall): FacebookAudience {
    const audience = this.visible(call);
    if (!this.gate.reaches(call.token, audience.accountId)) {
      throw notAllowed('You do not have permission to edit this audience');
    }
    return audience;
  }

  /** Refuses a call about an ad account that does not exist or that its token may not use. */
  requireAccount(call: GraphCall): void {
    if (!this.gate.reaches(call.token, call.id)) throw notFound(call.method, `act_${call.id}`);
  }

  /** Lookalikes that were made from an audience. */
  lookalikesOf(id: string): FacebookAudience[] {
    return this.all().filter(({ lookalike }) => lookalike?.originId === id);
  }

  private accountsOf(audience: FacebookAudience): string[] {
    const shared = [...audience.shares].filter(([, share]) => share.status === 'SHARED').map(([account]) => account);
    return [audience.accountId, ...shared];
  }
}
