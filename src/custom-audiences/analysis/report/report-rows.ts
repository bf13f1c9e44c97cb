import type { ReportDto } from '../dto/report.dto.js';
import type { MembersAnalysisDto } from '../dto/members-analysis.dto.js';

/** One figure of a report. */
export interface ReportRow {
  readonly section: string;
  readonly name: string;
  /** ISO 8601; null: as of the report. */
  readonly date: string | null;
  readonly value: string | number | null;
  /** What a number counts; null: the value is text. */
  readonly unit: string | null;
  /** Null: the value is no figure. */
  readonly estimate: boolean | null;
}

/** Pure: a whole report as one tidy table. What is not known is left out. */
export function reportRows(report: ReportDto): ReportRow[] {
  const rows = [...audienceRows(report), ...historyRows(report), ...workRows(report), ...useRows(report)];
  if (report.members) rows.push(...memberRows(report.members));
  else rows.push(text('members', 'note', report.membersNote));
  return rows.filter(({ value }) => value !== null);
}

function audienceRows({ figures, ...report }: ReportDto): ReportRow[] {
  const words = ['id', 'name', 'provider', 'tag', 'type', 'analysedAt'] as const;
  const told = ['account', 'audienceId', 'business', 'description', 'status', 'statusReason'] as const;
  const times = ['createdAt', 'lastUploadAt', 'polledAt'] as const;
  const counts = ['size', 'minimumSize', 'matchedUsers', 'uploadedRecords'] as const;
  const isEstimate = (name: string) => figures.estimates.includes(name);
  return [
    ...words.map((name) => text('audience', name, report[name])),
    ...[...told, ...times].map((name) => text('audience', name, figures[name])),
    ...counts.map((name) => figure('audience', name, figures[name], 'people', isEstimate(name))),
    figure('audience', 'matchingRate', figures.matchingRate, 'share', isEstimate('matchingRate')),
  ];
}

function historyRows({ sizes, growth, figures }: ReportDto): ReportRow[] {
  const series = ['size', 'matchedUsers', 'uploadedRecords'] as const;
  return [
    ...sizes.flatMap((point) => [
      { ...text('history', 'status', point.status), date: point.at },
      ...series.map((name) => ({
        ...figure('history', name, point[name], 'people', figures.estimates.includes(name)),
        date: point.at,
      })),
    ]),
    ...growth.flatMap(({ date, added, removed }) => [
      { ...figure('growth', 'added', added, 'members'), date },
      { ...figure('growth', 'removed', removed, 'members'), date },
    ]),
  ];
}

function workRows({ sessions, rejections, deliveries }: ReportDto): ReportRow[] {
  const counts = ['received', 'accepted', 'skipped', 'rejected', 'added', 'removed'] as const;
  const { states, durations } = deliveries;
  return [
    ...sessions.flatMap((session) =>
      counts.map((name) => ({
        ...figure('uploads', `${session.name} (${session.id}) ${name}`, session[name], 'users'),
        date: session.createdAt,
      })),
    ),
    ...rejections.map(({ field, reason, users }) =>
      figure('rejections', field === null ? reason : `${field} ${reason}`, users, 'users'),
    ),
    ...Object.entries(states).map(([state, count]) => figure('deliveries', state, count, 'deliveries')),
    ...(['median', 'p90', 'max'] as const).map((name) =>
      figure('deliveries', `duration ${name}`, durations?.[name] ?? null, 'seconds'),
    ),
  ];
}

function useRows({ uses, lookalikes, warnings }: ReportDto): ReportRow[] {
  return [
    ...(['campaigns', 'ads', 'exclusions'] as const).flatMap((kind) =>
      (uses[kind] ?? []).map(({ id, name }) => text('uses', kind, name === null ? id : `${name} (${id})`)),
    ),
    ...lookalikes.map(({ id, name, audienceId }) => text('lookalikes', name ?? 'unknown', audienceId ?? id)),
    ...warnings.map(({ code, message, since }) => ({ ...text('warnings', code, message), date: since })),
  ];
}

function memberRows({ count, analysed, isSample, ...members }: MembersAnalysisDto): ReportRow[] {
  const sampled = (section: string, name: string, value: number | null, unit: string) =>
    figure(section, name, value, unit, isSample);
  return [
    figure('members', 'count', count, 'members'),
    figure('members', 'analysed', analysed, 'members'),
    ...members.countries.map((one) => sampled('countries', one.country, one.members, 'members')),
    ...members.coverage.map((one) => sampled('coverage', one.field, one.share, 'share')),
    ...members.outlook.flatMap(({ provider, tag, checked, sendable, identifiersPerMember }) => [
      figure('outlook', `${provider}/${tag} sendable`, sendable, 'members', checked < count),
      figure('outlook', `${provider}/${tag} identifiers`, identifiersPerMember, 'per member', checked < count),
    ]),
    ...members.values.flatMap(({ currency, ...kinds }) =>
      (['profit', 'total7Days'] as const).flatMap((kind) =>
        (['members', 'sum', 'mean', 'median', 'p90'] as const).map((name) =>
          sampled(
            'values',
            `${kind} ${currency} ${name}`,
            kinds[kind]?.[name] ?? null,
            name === 'members' ? 'members' : currency,
          ),
        ),
      ),
    ),
    ...members.overlap.map((one) =>
      figure('overlap', `${one.provider}/${one.tag} ${one.name}`, one.common, 'members', one.isEstimate),
    ),
  ];
}

function text(section: string, name: string, value: string | null): ReportRow {
  return { section, name, date: null, value, unit: null, estimate: null };
}

function figure(section: string, name: string, value: number | null, unit: string, estimate = false): ReportRow {
  return { section, name, date: null, value, unit, estimate };
}
