import { Injectable } from '@nestjs/common';
import { keyRange } from '../../../members/key-range.js';
import { MembersSampler } from '../../../members/members-sampler.js';
import { AnalysedAudiencesRepository, type AudienceBrief } from '../analysed-audiences.repository.js';
import { shareOf } from './member-tally.js';

/** How many members another custom audience shares with the analysed one. */
export interface Overlap {
  readonly id: string;
  readonly name: string;
  readonly provider: string;
  readonly tag: string;
  /** Of the other audience. */
  readonly members: number;
  readonly common: number;
  /** Of the analysed audience's members. */
  readonly share: number;
  /** Whether `members` and `common` are. */
  readonly isEstimate: boolean;
}

/** The audience whose overlaps are asked for. */
export interface OverlapOf {
  readonly id: string;
  readonly number: number;
  /** How many members it has. */
  readonly count: number;
}

/** Members of the larger of two audiences that are compared, at most: some 0.1 s. */
const COMPARED = 100_000;

/** Compares the members of custom audiences by their keys, which are the same for one person in all of them. */
@Injectable()
export class OverlapService {
  constructor(
    private readonly audiences: AnalysedAudiencesRepository,
    private readonly sampler: MembersSampler,
  ) {}

  /**
   * The largest overlap first.
   *
   * @param others without them the largest other audiences
   */
  async of(audience: OverlapOf, others?: readonly AudienceBrief[]): Promise<Overlap[]> {
    const overlaps: Overlap[] = [];
    for (const other of others ?? (await this.audiences.largest(audience.id)))
      overlaps.push(await this.between(audience, other));
    return overlaps.sort((one, other) => other.common - one.common || (one.id < other.id ? -1 : 1));
  }

  private async between(audience: OverlapOf, { id, number, name, provider, tag }: AudienceBrief): Promise<Overlap> {
    const { count: members, isEstimate } = await this.sampler.roughCount(number);
    const range = keyRange(Math.max(audience.count, members), COMPARED);
    const common = members === 0 ? 0 : await this.sampler.common(audience.number, number, range);
    const mine = range.below ? await this.sampler.count(audience.number, range) : audience.count;
    return {
      ...{ id, name, provider, tag, members },
      common: range.below ? Math.round(shareOf(common, mine) * audience.count) : common,
      share: shareOf(common, mine),
      isEstimate: isEstimate || range.below !== undefined,
    };
  }
}
