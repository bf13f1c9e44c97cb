import { Injectable } from '@nestjs/common';
import type { ReportDto } from '../../dto/report.dto.js';
import { PlotRenderer } from '../plots/plot-renderer.service.js';
import type { Plot } from '../plots/plot.js';
import { percent, reportPlots } from '../plots/report-plots.js';
import { Html, html } from './escaped-html.js';
import { PAGE_STYLE } from './page-style.js';
import { number, reportTables, timeOf } from './page-tables.js';

/** Writes a report as one page that needs nothing else: no script, no font, no picture from anywhere. */
@Injectable()
export class ReportPages {
  constructor(private readonly plots: PlotRenderer) {}

  async page(report: ReportDto): Promise<string> {
    const plots = reportPlots(report);
    const pictures = await this.plots.render(plots);
    // In one piece: the digest in the policy is that of every character between the tags.
    const style = new Html(`<style>${PAGE_STYLE}</style>`);
    return html`<!doctype html>
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>${report.name} – report</title>
          ${style}
        </head>
        <body>
          ${headOf(report)}
          <main>
            ${keyFigures(report)}
            ${report.warnings.map(({ code, message, since }) => html`<p class="warning"><strong>${code}</strong> since ${timeOf(since)}: ${message}</p>`)}
            ${report.membersNote !== null && html`<p class="soft">About members nothing is told: ${report.membersNote}.</p>`}
            <div class="plots">${plots.map((plot, place) => figureOf(plot, pictures[place]))}</div>
            ${reportTables(report)}
          </main>
          <footer>Times are UTC. ≈ marks estimates. Custom audience ${report.id}.</footer>
        </body>
      </html> `.text;
  }
}

function headOf({ name, provider, tag, type, analysedAt, figures }: ReportDto): Html {
  const { account, audienceId, business, description, status, statusReason } = figures;
  const where = `${provider}/${tag}, account ${account}${audienceId === null ? '' : `, id ${audienceId}`}`;
  return html`<header>
    <h1>${name}</h1>
    <p><span class="status ${status}">${status}</span> ${statusReason}</p>
    <p class="soft">${type} on ${where}${business !== null && `, ${business}`}. Report of ${timeOf(analysedAt)}.</p>
    ${description !== null && html`<p>${description}</p>`}
  </header>`;
}

function keyFigures({ figures, members, sessions }: ReportDto): Html {
  const { size, minimumSize, matchedUsers, matchingRate, uploadedRecords, estimates, lastUploadAt } = figures;
  const about = (name: string, text: string) => (estimates.includes(name) ? `≈ ${text}` : text);
  const told = (name: string, value: number | null, show = number) => (value === null ? '–' : about(name, show(value)));
  const lastUpload = lastUploadAt ?? sessions[0]?.createdAt;
  const shown: readonly (readonly [string, string, string])[] = [
    ['Size', told('size', size), minimumSize === null ? '' : `minimum ${number(minimumSize)}`],
    ['Matched', told('matchedUsers', matchedUsers), matchedUsers === null ? 'not told by the platform' : ''],
    [
      'Matching rate',
      told('matchingRate', matchingRate, percent),
      matchingRate === null ? 'not told by the platform' : '',
    ],
    [
      'Uploaded',
      about('uploadedRecords', number(uploadedRecords)),
      lastUpload ? `last ${lastUpload.slice(0, 10)}` : '',
    ],
    [
      'Members here',
      members ? number(members.count) : '–',
      members?.isSample ? `${number(members.analysed)} analysed` : '',
    ],
  ];
  return html`<dl class="figures">
    ${shown.map(
      ([name, value, note]) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${value}<small>${note}</small></dd>
        </div>`,
    )}
  </dl>`;
}

function figureOf({ title, note, isWide }: Plot, picture: string | null | undefined): Html {
  return html`<figure${isWide === true && html` class="wide"`}>
<figcaption><h3>${title}</h3><span class="soft">${note}</span></figcaption>
${picture == null ? html`<p class="nothing">Nothing to show yet</p>` : html`<div role="img" aria-label="${title}">${new Html(picture)}</div>`}
</figure>`;
}
