import type { Row } from '../figures.js';

export function measurePreparing(_turns: number): Promise<Row[]> {
  return Promise.resolve([]);
}
