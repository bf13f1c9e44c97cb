import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type * as EchartsCore from 'echarts/core';
import type { Plot } from './plot.js';

type Echarts = typeof EchartsCore;

const HALF_WIDTH = 340;
const FULL_WIDTH = 700;

/** Draws plots as SVG. What it draws with takes memory and time to load: the first plot brings it, not the start. */
@Injectable()
export class PlotRenderer {
  private loading?: Promise<Echarts>;

  /** One for each plot; undefined where there is nothing to see. */
  async render(plots: readonly Plot[]): Promise<(string | undefined)[]> {
    const pictures: (string | undefined)[] = [];
    for (const plot of plots) {
      pictures.push(plot.option ? draw(await this.load(), plot, plot.option) : undefined);
      await setImmediate();
    }
    return pictures;
  }

  private load(): Promise<Echarts> {
    this.loading ??= loadEcharts();
    return this.loading;
  }
}

async function loadEcharts(): Promise<Echarts> {
  const echarts = await import('echarts/core');
  const { BarChart, LineChart } = await import('echarts/charts');
  const { GridComponent, LegendComponent } = await import('echarts/components');
  const { SVGRenderer } = await import('echarts/renderers');
  echarts.use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);
  return echarts;
}

function draw(echarts: Echarts, { title, isWide, height }: Plot, option: NonNullable<Plot['option']>): string {
  const width = isWide ? FULL_WIDTH : HALF_WIDTH;
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  try {
    chart.setOption(option);
    return withoutStyles(chart.renderToSVGString()).replace('<svg ', `<svg role="img" aria-label="${title}" `);
  } finally {
    chart.dispose();
  }
}

/**
 * Says by attributes what the library says by styles: a strict Content-Security-Policy allows none within a picture. Its style
 * sheet is about pointers, which paper has not.
 */
function withoutStyles(svg: string): string {
  return svg.replace(/<style[^>]*>[\s\S]*?<\/style>/g, '').replace(/ style="([^"]*)"/g, (_, styles: string) =>
    styles
      .split(';')
      .map((style) => /^\s*([a-z-]+):(.+)$/.exec(style))
      .filter((found) => found !== null)
      .map(([, name, value]) => ` ${name}="${value!.trim()}"`)
      .join(''),
  );
}
