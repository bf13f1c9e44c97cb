import { Module } from '@nestjs/common';
import { MembersModule } from '../../members/members.module.js';
import { ProvidersModule } from '../../providers/providers.module.js';
import { ActivityRepository } from './activity/activity.repository.js';
import { AnalysedAudiencesRepository } from './analysed-audiences.repository.js';
import { AnalysisController } from './analysis.controller.js';
import { AnalysisService } from './analysis.service.js';
import { MatchOutlookService } from './members/match-outlook.service.js';
import { MembersAnalysisService } from './members/members-analysis.service.js';
import { OverlapService } from './members/overlap.service.js';
import { ReportPages } from './report/page/report-page.service.js';
import { PlotRenderer } from './report/plots/plot-renderer.service.js';
import { ReportService } from './report/report.service.js';

/** Custom audiences in figures: analyses and reports. */
@Module({
  imports: [MembersModule, ProvidersModule],
  controllers: [AnalysisController],
  providers: [
    AnalysedAudiencesRepository,
    ActivityRepository,
    MembersAnalysisService,
    MatchOutlookService,
    OverlapService,
    AnalysisService,
    ReportService,
    ReportPages,
    PlotRenderer,
  ],
})
export class AnalysisModule {}
