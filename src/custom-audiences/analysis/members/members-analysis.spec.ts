import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AnalysisGround, madeUpPeople } from '../../../../test/support/analysis-ground.js';
import { MadeUpPlatform } from '../../../../test/support/made-up-platform.js';
import type { KeyRange } from '../../../members/key-range.js';
import { COVERED, type MemberFacts } from '../../../members/member-facts.js';
import { MembersSampler } from '../../../members/members-sampler.js';
import { ProviderCatalogue } from '../../../providers/provider-catalogue.service.js';
import { AnalysedAudiencesRepository } from '../analysed-audiences.repository.js';
import { MatchOutlookService } from './match-outlook.service.js';
import { MemberTally } from './member-tally.js';
import { ANALYSED_MOST, MembersAnalysisService } from './members-analysis.service.js';
import { OverlapService } from './overlap.service.js';

/** Says that there are more members than are looked at; ranges of keys are counted as they are. */
class LargerSampler extends MembersSampler {
  override async count(audience: number, range?: KeyRange): Promise<number> {
    return range ? super.count(audience, range) : 10 * ANALYSED_MOST;
  }
}

describe('an analysis of a sample', () => {
  let ground: AnalysisGround;

  beforeAll(async () => {
    ground = await AnalysisGround.open();
  });
  afterAll(() => ground.close());

  it('stands for all members, and says that it does', async () => {
    const audiences = new AnalysedAudiencesRepository(ground.database);
    const sampler = new LargerSampler(ground.database, ground.cipher);
    const outlooks = new MatchOutlookService(new ProviderCatalogue([new MadeUpPlatform()]));
    const overlaps = new OverlapService(audiences, sampler);
    const analyses = new MembersAnalysisService(ground.store, sampler, outlooks, overlaps);
    const [audience, other] = [await ground.audience(), await ground.audience()];
    await ground.put(audience.number, madeUpPeople(5_000));
    await ground.put(other.number, madeUpPeople(2_500));

    const { members } = await analyses.of(audience);
    expect(members).toMatchObject({ count: 1_000_000, isSample: true });
    // A tenth of the keys; five standard deviations.
    expect(Math.abs(members!.analysed - 500)).toBeLessThan(110);
    const countries = members!.countries.reduce((sum, one) => sum + one.members, 0);
    expect(Math.abs(countries - 1_000_000)).toBeLessThan(5);
    expect(members!.coverage[0]).toEqual({ field: 'email', members: 1_000_000, share: 1 });
    const valued = members!.values.reduce((sum, one) => sum + one.members, 0);
    expect(Math.abs(valued - 1_000_000)).toBeLessThan(5);
    const [overlap] = members!.overlap;
    expect(overlap).toMatchObject({ id: other.id, isEstimate: true });
    expect(Math.abs(overlap!.share - 0.5)).toBeLessThan(0.12);
    expect(overlap!.common).toBe(Math.round(overlap!.share * 1_000_000));
  });
});

describe('the tally of members', () => {
  const has = Object.fromEntries(COVERED.map((field) => [field, field === 'email'])) as MemberFacts['has'];

  it('names fifty countries, and counts the others', () => {
    const tally = new MemberTally();
    for (let index = 0; index < 60; index += 1) {
      for (let times = 60 - index; times > 0; times -= 1) tally.add({ country: `C${index}`, has });
    }
    tally.add({ has });
    const countries = tally.countries(2);
    expect(countries).toHaveLength(52);
    expect(countries[0]).toEqual({ country: 'C0', members: 120, share: 0.0328 });
    expect(countries.slice(-2)).toEqual([
      { country: 'others', members: 110, share: 0.03 },
      { country: 'unknown', members: 2, share: 0.0005 },
    ]);
    expect(tally.coverage(1)).toContainEqual({ field: 'phone', members: 0, share: 0 });
  });
});
