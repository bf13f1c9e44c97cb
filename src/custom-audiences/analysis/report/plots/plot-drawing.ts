import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, LegendComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { parentPort, workerData } from 'node:worker_threads';

// The whole program of a worker thread. It imports nothing of ours, so that it runs from the sources too.

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer]);

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly option: echarts.EChartsCoreOption;
}

const pictures = (workerData as readonly (Drawing | null)[]).map((drawing) => drawing && draw(drawing));
parentPort?.postMessage(pictures);

function draw({ width, height, option }: Drawing): string {
  const chart = echarts.init(null, null, { renderer: 'svg', ssr: true, width, height });
  chart.setOption(option);
  return withoutStyles(chart.renderToSVGString());
}

/**
 * Says by attributes what the library says by styles: a strict Content-Security-Policy allows none within a picture. Its style
 * sheet is about pointers, which paper has not.
 */
function withoutStyles(svg: string): string {
  return svg
    .replace(/<style[^>]*>[\s\S]*?<\/style>/g, '')
    .replace(/ style="([^"]*)"/g, (_, styles: string) => styles.replace(/\s*([a-z-]+):([^;]+);?/g, ' $1="$2"'));
}
