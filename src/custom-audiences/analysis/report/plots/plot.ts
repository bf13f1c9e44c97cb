import type { EChartsCoreOption } from 'echarts/core';

/** A picture of figures; its `option` is null where there is nothing to see. */
export interface Plot {
  readonly title: string;
  /** What is counted, and where that is an estimate. */
  readonly note?: string;
  readonly isWide?: boolean;
  readonly height: number;
  readonly option: EChartsCoreOption | null;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
}

export const COLOURS = ['#1f5fa8', '#d97706', '#4b8b3b'] as const;
const INK = '#3c4653';
const LINES = '#e3e7ec';
const BAR_HEIGHT = 24;
const AXIS_HEIGHT = 34;
/** Before the text of a label is cut. */
const LABEL_WIDTH = 150;

const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });

/** Without it a plot moves, which a picture cannot. */
export const STILL = { animation: false, textStyle: { color: INK, fontFamily: 'sans-serif', fontSize: 11 } };

export const valueAxis = {
  type: 'value',
  splitNumber: 4,
  splitLine: { lineStyle: { color: LINES } },
  axisLabel: { color: INK, formatter: (value: number) => compact.format(value), hideOverlap: true },
} as const;

export const categoryAxis = {
  type: 'category',
  axisTick: { show: false },
  axisLine: { lineStyle: { color: LINES } },
  axisLabel: { color: INK },
} as const;

/** Pure: bars from left to right, the first on top, each with its number. @param show how a number is written */
export function barPlot(
  plot: Pick<Plot, 'title' | 'note'>,
  bars: readonly Bar[],
  {
    show = (value: number) => value.toLocaleString('en'),
    max,
  }: { show?: (value: number) => string; max?: number } = {},
): Plot {
  const height = AXIS_HEIGHT + bars.length * BAR_HEIGHT;
  if (bars.length === 0) return { ...plot, height, option: null };
  const option: EChartsCoreOption = {
    ...STILL,
    grid: { left: 4, right: 64, top: 4, bottom: 4, containLabel: true },
    xAxis: { ...valueAxis, min: 0, max, axisLabel: { ...valueAxis.axisLabel, formatter: axisFormat(max) } },
    yAxis: {
      ...categoryAxis,
      inverse: true,
      data: bars.map(({ label }) => label),
      axisLabel: { color: INK, width: LABEL_WIDTH, overflow: 'truncate', interval: 0 },
    },
    series: [
      {
        type: 'bar',
        barMaxWidth: 16,
        data: bars.map(({ value }) => value),
        itemStyle: { color: COLOURS[0] },
        label: { show: true, position: 'right', color: INK, formatter: ({ value }: { value: number }) => show(value) },
      },
    ],
  };
  return { ...plot, height, option };
}

/** Pure: bars side by side, as of a distribution. */
export function columnPlot(plot: Pick<Plot, 'title' | 'note'>, bars: readonly Bar[]): Plot {
  const height = 210;
  if (!bars.some(({ value }) => value > 0)) return { ...plot, height, option: null };
  const option: EChartsCoreOption = {
    ...STILL,
    grid: { left: 4, right: 10, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      ...categoryAxis,
      data: bars.map(({ label }) => label),
      axisLabel: { color: INK, interval: 0, rotate: bars.length > 7 ? 40 : 0 },
    },
    yAxis: { ...valueAxis, minInterval: 1 },
    series: [
      {
        type: 'bar',
        barCategoryGap: '12%',
        data: bars.map(({ value }) => value),
        itemStyle: { color: COLOURS[0] },
      },
    ],
  };
  return { ...plot, height, option };
}

function axisFormat(max: number | undefined): (value: number) => string {
  return max === 1 ? (value) => `${Math.round(value * 100)} %` : valueAxis.axisLabel.formatter;
}
