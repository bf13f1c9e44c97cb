import { Injectable } from '@nestjs/common';
import type { CustomAudienceStatus } from '../../../providers/contract/custom-audience-words.js';
import { type AnalysedAudience, AnalysedAudiencesRepository } from '../analysed-audiences.repository.js';
import { AnalysisService } from '../analysis.service.js';
import type { ReportDto, ReportFiguresDto } from '../dto/report.dto.js';

/** The analysis of a custom audience with what the platform says of it. */
@Injectable()
export class ReportService {
  constructor(
    private readonly audiences: AnalysedAudiencesRepository,
    private readonly analyses: AnalysisService,
  ) {}

  /** @throws ProblemException 404 */
  async report(id: string): Promise<ReportDto> {
    const audience = await this.audiences.get(id);
    const { campaigns, ads, exclusions, warnings } = audience;
    return {
      ...(await this.analyses.of(audience)),
      figures: figuresOf(audience),
      uses: { campaigns, ads, exclusions },
      lookalikes: await this.audiences.lookalikes(audience),
      warnings,
    };
  }
}

function figuresOf(audience: AnalysedAudience): ReportFiguresDto {
  const { account, audienceId, business, description, statusReason, size, minimumSize } = audience;
  const { matchedUsers, matchingRate, estimates, uploadedRecords, createdAt } = audience;
  return {
    ...{ account, audienceId, business, description, statusReason, size, minimumSize },
    ...{ matchedUsers, matchingRate, estimates, uploadedRecords },
    status: audience.status as CustomAudienceStatus,
    lastUploadAt: audience.lastUploadAt?.toISOString() ?? null,
    polledAt: audience.polledAt?.toISOString() ?? null,
    createdAt: createdAt.toISOString(),
  };
}
