import { once } from 'node:events';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Injectable } from '@nestjs/common';
import type { Plot } from './plot.js';

const HALF_WIDTH = 340;
const FULL_WIDTH = 700;
const DRAWING = new URL(`./plot-drawing${extname(import.meta.url)}`, import.meta.url);

/**
 * Draws plots as SVG. What it draws with takes half a second and 50 MB to load: a thread does that for each report, so that no
 * other call waits for it and the memory is given back.
 */
@Injectable()
export class PlotRenderer {
  private last: Promise<unknown> = Promise.resolve();

  /** One for each plot; null where there is nothing to see. One report is drawn at a time. */
  render(plots: readonly Plot[]): Promise<(string | null)[]> {
    const drawn = this.last.then(() => draw(plots));
    this.last = drawn.catch(() => undefined);
    return drawn;
  }
}

async function draw(plots: readonly Plot[]): Promise<(string | null)[]> {
  if (plots.every(({ option }) => option === null)) return plots.map(() => null);
  const workerData = plots.map(
    ({ option, isWide, height }) => option && { option, height, width: isWide ? FULL_WIDTH : HALF_WIDTH },
  );
  const worker = new Worker(DRAWING, { workerData });
  try {
    const [pictures] = (await once(worker, 'message')) as [(string | null)[]];
    return pictures;
  } finally {
    await worker.terminate();
  }
}
