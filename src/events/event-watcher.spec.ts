import { beforeEach, describe, expect, it } from '@jest/globals';
import type { DatabaseNews } from '../storage/news/database-news.js';
import { EventWatcher } from './event-watcher.js';

describe('waiting for events', () => {
  const never = new AbortController().signal;
  let tell: () => void;
  let watcher: EventWatcher;

  beforeEach(() => {
    const news = { isListening: true, subscribe: (_: string, listener: () => void) => (tell = listener) };
    watcher = new EventWatcher(news as unknown as DatabaseNews);
  });

  it.each([0, -3.5, 4.930367682])('ends after %d ms without news', async (ms) => {
    await expect(watcher.beyond(watcher.count, ms, never)).resolves.toBeUndefined();
  });

  it('ends with news, and at once when there were some since', async () => {
    const seen = watcher.count;
    const waiting = watcher.beyond(seen, 3_600_000, never);
    tell();
    await waiting;
    await watcher.beyond(seen, 3_600_000, never);
    expect(watcher.count).toBe(seen + 1);
  });
});
