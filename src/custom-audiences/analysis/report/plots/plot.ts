import type { EChartsCoreOption } from 'echarts/core';

/** A picture of figures; its `option` is plain data, as it goes to a worker thread, and null where there is nothing to see. */
export interface Plot {
  readonly title: string;
  /** What is counted, and where that is an estimate. */
  readonly note?: string;
  readonly isWide?: boolean;
  /** Pixels of a screen, as all sizes here. */
  readonly height: number;
  readonly option: EChartsCoreOption | null;
}

export interface Bar {
  readonly label: string;
  readonly value: number;
}

type Words = Pick<Plot, 'title' | 'note' | 'isWide'>;

export const COLOURS = ['#1f5fa8', '#d97706', '#4b8b3b'] as const;
const INK = '#3c4653';
const LINES = '#e3e7ec';
const BAR_HEIGHT = 24;
const COLUMNS_HEIGHT = 210;
/** Before the text of a label is cut. */
const LABEL_WIDTH = 150;
/** Columns whose names stand beside each other. */
const LEVEL_NAMES = 6;

/** A plot that moves would be caught in its first moment. */
export const STILL = { animation: false, textStyle: { color: INK, fontFamily: 'sans-serif', fontSize: 11 } };

export const categoryAxis = {
  type: 'category',
  axisTick: { show: false },
  axisLine: { lineStyle: { color: LINES } },
  axisLabel: { color: INK },
} as const;

export const valueAxis = {
  type: 'value',
  min: 0,
  minInterval: 1,
  splitNumber: 4,
  splitLine: { lineStyle: { color: LINES } },
  axisLabel: { color: INK },
} as const;

/** Pure: bars from left to right, the first on top, each with its number. @param show how a number is written */
export function barPlot(
  words: Words,
  bars: readonly Bar[],
  {
    show = (value: number) => value.toLocaleString('en'),
    max,
  }: { show?: (value: number) => string; max?: number } = {},
): Plot {
  const height = 8 + bars.length * BAR_HEIGHT;
  if (bars.length === 0) return { ...words, height, option: null };
  const option: EChartsCoreOption = {
    ...STILL,
    grid: { left: 0, right: 60, top: 0, bottom: 0 },
    xAxis: { type: 'value', show: false, min: 0, max },
    yAxis: {
      ...categoryAxis,
      inverse: true,
      data: bars.map(({ label }) => label),
      axisLabel: { color: INK, width: LABEL_WIDTH, overflow: 'truncate', interval: 0 },
    },
    series: [
      {
        ...{ type: 'bar', barMaxWidth: 16, itemStyle: { color: COLOURS[0] } },
        data: bars.map(({ value }) => ({
          value,
          label: { show: true, position: 'right', color: INK, formatter: show(value) },
        })),
      },
    ],
  };
  return { ...words, height, option };
}

/** Pure: bars side by side, as of a distribution. */
export function columnPlot(words: Words, bars: readonly Bar[]): Plot {
  const plot = { ...words, height: COLUMNS_HEIGHT };
  if (!bars.some(({ value }) => value > 0)) return { ...plot, option: null };
  const rotate = bars.length > LEVEL_NAMES && !words.isWide ? 40 : 0;
  const option: EChartsCoreOption = {
    ...STILL,
    grid: { left: 0, right: 10, top: 12, bottom: 0 },
    xAxis: { ...categoryAxis, data: bars.map(({ label }) => label), axisLabel: { color: INK, interval: 0, rotate } },
    yAxis: valueAxis,
    series: [
      {
        ...{ type: 'bar', barCategoryGap: '12%', barMaxWidth: 90, itemStyle: { color: COLOURS[0] } },
        data: bars.map(({ value }) => value),
      },
    ],
  };
  return { ...plot, option };
}
