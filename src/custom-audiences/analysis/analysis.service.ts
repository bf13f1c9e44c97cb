import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock.js';
import type { CustomAudienceType } from '../../providers/contract/custom-audience-words.js';
import { ACTIVITY_DAYS, ActivityRepository } from './activity/activity.repository.js';
import { type AnalysedAudience, AnalysedAudiencesRepository } from './analysed-audiences.repository.js';
import type { AnalysisDto } from './dto/analysis.dto.js';
import { MembersAnalysisService } from './members/members-analysis.service.js';

/** Puts together what we know of a custom audience. Asks no platform. */
@Injectable()
export class AnalysisService {
  constructor(
    private readonly audiences: AnalysedAudiencesRepository,
    private readonly members: MembersAnalysisService,
    private readonly activity: ActivityRepository,
    private readonly clock: Clock,
  ) {}

  /**
   * @param others ids of the custom audiences to compare with; without them the largest
   * @throws ProblemException 404 for an unknown id, 400 when one of `others` is no other custom audience
   */
  async analyse(id: string, others?: readonly string[]): Promise<AnalysisDto> {
    const audience = await this.audiences.get(id);
    return this.of(audience, others);
  }

  /** @throws ProblemException 400 when one of `others` is no other custom audience */
  async of(audience: AnalysedAudience, others?: readonly string[]): Promise<AnalysisDto> {
    const { id, name, provider, tag, type } = audience;
    const compared = others && (await this.audiences.named(id, others));
    return {
      ...{ id, name, provider, tag, type: type as CustomAudienceType },
      analysedAt: this.clock.now().toISOString(),
      days: ACTIVITY_DAYS,
      ...(await this.members.of(audience, compared)),
      sizes: await this.activity.sizes(id),
      growth: await this.activity.growth(id),
      rejections: await this.activity.rejections(id),
      deliveries: await this.activity.deliveries(id),
      sessions: await this.activity.sessions(id),
    };
  }
}
