import { Controller, Get, Header, Param, Query, Req, Res, StreamableFile } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiOperation, ApiTags, getSchemaPath } from '@nestjs/swagger';
import type { Request, Response } from 'express';
import { Secured } from '../../auth/secured.decorator.js';
import { ApiProblem } from '../../common/api-problem.decorator.js';
import { uuidParameter } from '../../common/http/uuid-parameter.js';
import { AnalysisService } from './analysis.service.js';
import { AnalysisQueryDto, REPORT_FORMATS, type ReportFormat, ReportQueryDto } from './dto/analysis-query.dto.js';
import { AnalysisDto } from './dto/analysis.dto.js';
import { ReportDto } from './dto/report.dto.js';
import { PAGE_POLICY } from './report/page/page-style.js';
import { ReportPages } from './report/page/report-page.service.js';
import { reportCsv } from './report/report-csv.js';
import { ReportService } from './report/report.service.js';

/** What we know of a custom audience, in figures. No value of a user is among them. */
@ApiTags('custom audiences')
@Controller('custom-audiences/:id')
@Secured('audience:read')
@ApiExtraModels(ReportDto)
export class AnalysisController {
  constructor(
    private readonly analyses: AnalysisService,
    private readonly reports: ReportService,
    private readonly pages: ReportPages,
  ) {}

  @Get('analysis')
  @Header('Cache-Control', 'no-store')
  @ApiOperation({
    summary: 'What the members are like, what accounts could be sent of them, and how the last 90 days went',
    description:
      'Asks no platform. Up to 100,000 members are all looked at, of more a uniform sample is: `isSample` says so, and figures ' +
      'are then estimates.',
  })
  @ApiOkResponse({ type: AnalysisDto })
  @ApiProblem(400, 'The id is not a UUID, or `with` names what is no other custom audience')
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  analyse(@Param('id', uuidParameter) id: string, @Query() query: AnalysisQueryDto): Promise<AnalysisDto> {
    return this.analyses.analyse(id, query.with);
  }

  @Get('report')
  @Header('Cache-Control', 'no-store')
  @Header('Vary', 'Accept')
  @ApiOperation({
    summary: 'The analysis and the record: as JSON, as a table, or as a page to print',
    description: 'CSV has one figure a line: section, name, date, value, unit, and whether it is an estimate.',
  })
  @ApiOkResponse({
    description: 'In the form of `format`, else of `Accept`',
    content: {
      'application/json': { schema: { $ref: getSchemaPath(ReportDto) } },
      'text/csv': { schema: { type: 'string' }, example: 'section,name,date,value,unit,estimate\r\n' },
      'text/html': { schema: { type: 'string' }, example: '<!doctype html>' },
    },
  })
  @ApiProblem(400, 'The id is not a UUID, or the format is none of ours')
  @ApiProblem(404, 'There is no such custom audience', undefined, 'custom-audience-not-found')
  async report(
    @Param('id', uuidParameter) id: string,
    @Query() { format }: ReportQueryDto,
    @Req() req: Request,
    @Res({ passthrough: true }) res: Response,
  ): Promise<ReportDto | StreamableFile> {
    const report = await this.reports.report(id);
    switch (format ?? acceptedBy(req)) {
      case 'csv':
        res.setHeader('Content-Disposition', `attachment; filename="report-${id}.csv"`);
        return new StreamableFile(Buffer.from(reportCsv(report)), { type: 'text/csv; charset=utf-8' });
      case 'html':
        res.setHeader('Content-Security-Policy', PAGE_POLICY);
        return new StreamableFile(Buffer.from(await this.pages.page(report)), { type: 'text/html; charset=utf-8' });
      case 'json':
        return report;
    }
  }
}

function acceptedBy(req: Request): ReportFormat {
  const accepted = req.accepts([...REPORT_FORMATS]);
  return REPORT_FORMATS.find((format) => format === accepted) ?? 'json';
}
