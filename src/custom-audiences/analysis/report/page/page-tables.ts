import type { MembersAnalysisDto } from '../../dto/members-analysis.dto.js';
import type { ReportDto } from '../../dto/report.dto.js';
import { durationOf, percent } from '../plots/report-plots.js';
import { html, type Html } from './escaped-html.js';

interface Column<T> {
  readonly head: string;
  readonly isNumber?: boolean;
  readonly of: (item: T) => string | number | null;
}

/** Pure: everything of a report that is told in rows. */
export function reportTables(report: ReportDto): Html[] {
  return [...deliveryTables(report), ...(report.members ? memberTables(report.members) : []), ...useTables(report)];
}

function deliveryTables({ sessions, deliveries, days }: ReportDto): Html[] {
  const { states, durations, total } = deliveries;
  const each = Object.entries(states).map(([state, count]) => `${number(count)} ${state}`);
  const times =
    durations && (['median', 'p90', 'max'] as const).map((name) => `${name} ${durationOf(durations[name])}`);
  const what = `${number(total)} in ${days} days${total > 0 ? `: ${each.join(', ')}` : ''}`;
  return [
    html`<section>
      <h2>Deliveries</h2>
      <p>${what}.${times && html` From being queued to the end: ${times.join(', ')}.`}</p>
    </section>`,
    table('Uploads', sessions, [
      { head: 'When', of: ({ createdAt }) => timeOf(createdAt) },
      { head: 'Session', of: ({ name, mode }) => (mode === 'append' ? name : `${name} (${mode})`) },
      ...(['received', 'accepted', 'skipped', 'rejected', 'added', 'removed'] as const).map((name) => ({
        ...{ head: name, isNumber: true },
        of: (session: ReportDto['sessions'][number]) => number(session[name]),
      })),
      { head: 'State', of: ({ settledAt, failed }) => (failed > 0 ? `${failed} failed` : settledAt ? 'done' : 'open') },
    ]),
  ];
}

function memberTables({ outlook, values, overlap, count, isSample }: MembersAnalysisDto): Html[] {
  const about = isSample ? '≈ ' : '';
  const amounts = values.flatMap(({ currency, profit, total7Days }) => [
    ...(profit ? [{ what: `profit, ${currency}`, ...profit }] : []),
    ...(total7Days ? [{ what: `7-day total, ${currency}`, ...total7Days }] : []),
  ]);
  return [
    table('What each account could be sent', outlook, [
      { head: 'Account', of: ({ provider, tag }) => `${provider}/${tag}` },
      { head: 'Members', isNumber: true, of: (one) => (one.checked < count ? '≈ ' : '') + number(one.sendable) },
      { head: 'Share', isNumber: true, of: ({ share }) => percent(share) },
      { head: 'Identifiers each', isNumber: true, of: ({ identifiersPerMember: mean }) => mean },
      { head: 'Left out', of: ({ rejections }) => reasonsOf(rejections) },
    ]),
    table('Values', amounts, [
      { head: 'Amount', of: ({ what }) => what },
      { head: 'Members', isNumber: true, of: ({ members }) => about + number(members) },
      ...(['sum', 'mean', 'median', 'p90'] as const).map((name) => ({
        ...{ head: name, isNumber: true },
        of: (amount: (typeof amounts)[number]) => about + number(amount[name]),
      })),
    ]),
    table('Members in other audiences', overlap, [
      { head: 'Audience', of: ({ name }) => name },
      { head: 'Account', of: ({ provider, tag }) => `${provider}/${tag}` },
      { head: 'Its members', isNumber: true, of: (one) => (one.isEstimate ? '≈ ' : '') + number(one.members) },
      { head: 'In both', isNumber: true, of: (one) => (one.isEstimate ? '≈ ' : '') + number(one.common) },
      { head: 'Of this one', isNumber: true, of: ({ share }) => percent(share) },
    ]),
  ];
}

function useTables({ uses, lookalikes }: ReportDto): Html[] {
  const all = (['campaigns', 'ads', 'exclusions'] as const).flatMap((kind) =>
    (uses[kind] ?? []).map((use) => ({ kind, ...use })),
  );
  return [
    table('Where it is used', all, [
      { head: 'As', of: ({ kind }) => ({ campaigns: 'campaign', ads: 'ad', exclusions: 'exclusion' })[kind] },
      { head: 'Name', of: ({ name }) => name },
      { head: 'Id', of: ({ id }) => id },
    ]),
    table('Lookalikes', lookalikes, [
      { head: 'Name', of: ({ name }) => name ?? 'not known here' },
      { head: 'Id on the platform', of: ({ audienceId }) => audienceId },
    ]),
  ];
}

/** Nothing of nothing. */
function table<T>(title: string, items: readonly T[], columns: readonly Column<T>[]): Html {
  if (items.length === 0) return html``;
  const cell = ({ of, isNumber }: Column<T>, item: T) => html`<td${numberClass(isNumber)}>${of(item) ?? '–'}</td>`;
  return html`<section>
    <h2>${title}</h2>
    <table>
      <thead>
        <tr>
          ${columns.map(({ head, isNumber }) => html`<th${numberClass(isNumber)}>${capital(head)}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${items.map(
          (item) =>
            html`<tr>
              ${columns.map((column) => cell(column, item))}
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

function numberClass(isNumber: boolean | undefined): Html {
  return isNumber ? html` class="number"` : html``;
}

function reasonsOf(rejections: MembersAnalysisDto['outlook'][number]['rejections']): string | null {
  if (rejections.length === 0) return null;
  return rejections
    .slice(0, 3)
    .map(({ field, reason, share }) => `${field === null ? '' : `${field} `}${reason} ${percent(share)}`)
    .join(', ');
}

export function number(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 2 });
}

/** To the minute, UTC. */
export function timeOf(instant: string): string {
  return instant.slice(0, 16).replace('T', ' ');
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
