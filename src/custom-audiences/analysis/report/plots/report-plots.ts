import type { EChartsCoreOption } from 'echarts/core';
import type { AmountBinDto, MembersAnalysisDto } from '../../dto/members-analysis.dto.js';
import type { ReportDto } from '../../dto/report.dto.js';
import { barPlot, categoryAxis, COLOURS, columnPlot, type Plot, STILL, valueAxis } from './plot.js';

const DAY_MS = 86_400_000;
const COUNTRIES_DRAWN = 12;
const REASONS_DRAWN = 10;
const SERIES = [
  ['size', 'size'],
  ['matchedUsers', 'matched'],
  ['uploadedRecords', 'uploaded'],
] as const;
const SECONDS: readonly (readonly [unit: string, seconds: number])[] = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
];

/** Pure: all plots of a report; those about members only where something is known of them. */
export function reportPlots(report: ReportDto): Plot[] {
  const { members } = report;
  return [
    sizePlot(report),
    ...(members ? [countryPlot(members), coveragePlot(members)] : []),
    ...[rejectionPlot(report), durationPlot(report)],
    ...(members ? [valuePlot(members)] : []),
  ];
}

/** A size stands until the platform says another one, so the line goes in steps, up to the report. */
function sizePlot({ sizes, figures, analysedAt }: ReportDto): Plot {
  const estimated = SERIES.filter(([name]) => figures.estimates.includes(name)).map(([, label]) => label);
  const plot = {
    ...{ title: 'Size over time', isWide: true, height: 220 },
    note: estimated.length > 0 ? `People; estimates of the platform: ${estimated.join(', ')}` : 'People',
  };
  const drawn = SERIES.filter(([name]) => sizes.some((point) => point[name] !== null));
  if (drawn.length === 0) return { ...plot, option: null };
  const points = [...sizes, { ...sizes.at(-1)!, at: analysedAt }];
  const axisLabel = { ...categoryAxis.axisLabel, hideOverlap: true, formatter: '{yyyy}-{MM}-{dd}' };
  const option: EChartsCoreOption = {
    ...STILL,
    ...{ color: [...COLOURS], useUTC: true },
    legend: { top: 0, left: 0, icon: 'rect', itemHeight: 3, selectedMode: false },
    grid: { left: 0, right: 30, top: 30, bottom: 0 },
    xAxis: { ...categoryAxis, type: 'time', splitNumber: 5, minInterval: DAY_MS, axisLabel },
    yAxis: valueAxis,
    series: drawn.map(([name, label]) => ({
      ...{ type: 'line', name: label, step: 'end', symbol: 'circle', symbolSize: 4, showAllSymbol: true },
      data: points.map((point) => [point.at, point[name]]),
    })),
  };
  return { ...plot, option };
}

function countryPlot(members: MembersAnalysisDto): Plot {
  const all = members.countries;
  const named = all.filter(({ country }) => country !== 'unknown' && country !== 'others');
  const count = (some: typeof all) => some.reduce((sum, one) => sum + one.members, 0);
  const drawn = named.slice(0, COUNTRIES_DRAWN);
  const unknown = count(all.filter(({ country }) => country === 'unknown'));
  const rest = [
    { label: 'others', value: count(all) - count(drawn) - unknown },
    { label: 'unknown', value: unknown },
  ];
  const bars = drawn.map(({ country, members: value }) => ({ label: country, value }));
  bars.push(...rest.filter(({ value }) => value > 0));
  return barPlot({ title: 'Members by country', note: sampleNote(members) }, bars);
}

function coveragePlot(members: MembersAnalysisDto): Plot {
  const bars = members.coverage.map(({ field, share }) => ({ label: field, value: share }));
  return barPlot({ title: 'What members come with', note: sampleNote(members) }, bars, { show: percent, max: 1 });
}

function rejectionPlot({ rejections, days }: ReportDto): Plot {
  const bars = rejections
    .slice(0, REASONS_DRAWN)
    .map(({ field, reason, users }) => ({ label: field === null ? reason : `${field}: ${reason}`, value: users }));
  return barPlot({ title: 'Rejections by reason', note: `Users or identifiers of ${days} days` }, bars);
}

function durationPlot({ deliveries, days }: ReportDto): Plot {
  const bins = deliveries.durations?.histogram ?? [];
  const last = bins.at(-2)?.upToSeconds;
  const bars = bins.map(({ upToSeconds, deliveries: value }) => ({
    label: upToSeconds === null ? `≥ ${durationOf(last ?? 0)}` : `< ${durationOf(upToSeconds)}`,
    value,
  }));
  return columnPlot({ title: 'How long deliveries took', note: `Deliveries of ${days} days` }, bars);
}

/** Of the most frequent currency, what was spent in seven days, else the profit. */
function valuePlot(members: MembersAnalysisDto): Plot {
  const [first] = members.values;
  const [kind, figures] = first?.total7Days ? ['7-day total', first.total7Days] : ['profit', first?.profit];
  const bars = (figures?.histogram ?? []).map((bin) => ({ label: boundsOf(bin), value: bin.members }));
  const title = first && figures ? `Value: ${kind}, ${first.currency}` : 'Value of members';
  return columnPlot({ title, note: sampleNote(members), isWide: true }, bars);
}

function sampleNote({ isSample }: MembersAnalysisDto): string {
  return isSample ? 'Members, estimated from a sample' : 'Members';
}

function boundsOf({ from, to }: AmountBinDto): string {
  if (from === null) return `< ${amount(to ?? 0)}`;
  return to === null ? `≥ ${amount(from)}` : `${amount(from)}–${amount(to)}`;
}

function amount(value: number): string {
  return value.toLocaleString('en', { notation: Math.abs(value) >= 10_000 ? 'compact' : 'standard' });
}

export function percent(share: number): string {
  return `${(share * 100).toLocaleString('en', { maximumFractionDigits: 1 })} %`;
}

/** Pure: 5 s, 30 min, 2.5 h. */
export function durationOf(seconds: number): string {
  const [unit, size] = SECONDS.find(([, least]) => seconds >= least) ?? ['s', 1];
  return `${(seconds / size).toLocaleString('en', { maximumFractionDigits: seconds < 10 ? 2 : 1 })} ${unit}`;
}
