import { Injectable } from '@nestjs/common';
import { keyRange } from '../../../members/key-range.js';
import { MemberReader } from '../../../members/member-facts.js';
import { MembersSampler } from '../../../members/members-sampler.js';
import { MembersStore } from '../../../members/members-store.js';
import type { AudienceUser } from '../../../providers/contract/audience-user.js';
import type { AnalysedAudience, AudienceBrief } from '../analysed-audiences.repository.js';
import { type MatchOutlook, MatchOutlookService } from './match-outlook.service.js';
import { type CountryCount, type FieldCount, MemberTally } from './member-tally.js';
import { type Overlap, OverlapService } from './overlap.service.js';
import { type CurrencyFigures, ValueTally } from './value-tally.js';

/** What the members of an audience are like. */
export interface MembersAnalysis {
  readonly count: number;
  readonly analysed: number;
  /** Then all other figures but `count` are estimates. */
  readonly isSample: boolean;
  readonly countries: readonly CountryCount[];
  readonly coverage: readonly FieldCount[];
  readonly outlook: readonly MatchOutlook[];
  readonly values: readonly CurrencyFigures[];
  readonly overlap: readonly Overlap[];
}

/** An analysis, or one sentence on why there is none. */
export type MembersAnswer =
  | { readonly members: MembersAnalysis; readonly membersNote: null }
  | { readonly members: null; readonly membersNote: string };

/** Members that are all looked at; of more a sample of this size is. */
export const ANALYSED_MOST = 100_000;
/** Members to whom the rules of each account are applied. */
const OUTLOOK_MOST = 10_000;

/** Looks at the members of a custom audience, or at a sample of them, in bounded memory. */
@Injectable()
export class MembersAnalysisService {
  constructor(
    private readonly store: MembersStore,
    private readonly sampler: MembersSampler,
    private readonly outlooks: MatchOutlookService,
    private readonly overlaps: OverlapService,
  ) {}

  /**
   * @param others the audiences to compare with; without them the largest
   */
  async of(audience: AnalysedAudience, others?: readonly AudienceBrief[]): Promise<MembersAnswer> {
    const none = (membersNote: string): MembersAnswer => ({ members: null, membersNote });
    if (audience.type !== 'customer-list') {
      return none(`The platform alone knows who is in an audience of the type ${audience.type}`);
    }
    if (!this.store.isOn) return none('MEMBERS=off: it is not kept who is in a custom audience');
    const count = await this.sampler.count(audience.number);
    if (count === 0)
      return none('No members are stored: nothing was uploaded since they are kept, or all were removed');
    return { members: await this.analyse(audience, count, others), membersNote: null };
  }

  private async analyse(
    { id, number }: AnalysedAudience,
    count: number,
    others: readonly AudienceBrief[] | undefined,
  ): Promise<MembersAnalysis> {
    const range = keyRange(count, ANALYSED_MOST);
    const reader = new MemberReader();
    const [tally, values, checked] = [new MemberTally(), new ValueTally(), [] as AudienceUser[]];
    for await (const part of this.sampler.parts(number, range)) {
      for (const user of part) {
        const facts = reader.facts(user);
        tally.add(facts);
        values.add(facts);
      }
      // The first ones by key: digests, so a uniform sample too.
      if (checked.length < OUTLOOK_MOST) checked.push(...part.slice(0, OUTLOOK_MOST - checked.length));
    }
    const { analysed } = tally;
    const scale = range.below ? count / Math.max(analysed, 1) : 1;
    return {
      ...{ count, analysed, isSample: range.below !== undefined },
      countries: tally.countries(scale),
      coverage: tally.coverage(scale),
      outlook: await this.outlooks.of(checked, checked.length < analysed ? count / checked.length : scale),
      values: await values.figures(scale),
      overlap: await this.overlaps.of({ id, number, count }, others),
    };
  }
}
