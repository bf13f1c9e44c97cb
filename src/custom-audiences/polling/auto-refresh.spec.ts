import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PollingGround } from '../../../test/support/polling.js';
import { AutoRefresh } from './auto-refresh.service.js';
import { RefreshStarter } from './refresh-starter.js';

const DAY_MS = 86_400_000;
const NEVER = new AbortController().signal;

class CountingStarter extends RefreshStarter {
  readonly started: string[] = [];
  fails = false;

  refresh(audienceId: string): Promise<void> {
    this.started.push(audienceId);
    return this.fails ? Promise.reject(new Error('no members')) : Promise.resolve();
  }
}

describe('AutoRefresh', () => {
  let ground: PollingGround;
  let starter: CountingStarter;
  let refreshes: AutoRefresh;

  beforeAll(async () => {
    ground = await PollingGround.open();
  });

  afterAll(() => ground.close());

  beforeEach(async () => {
    await ground.empty();
    starter = new CountingStarter();
    refreshes = new AutoRefresh(ground.config(), ground.database, starter);
  });

  const due = (updateFrequency: string, ageMs = 1_000, autoUpdate = true) =>
    ground.audience({ name: updateFrequency, autoUpdate, updateFrequency, refreshAt: new Date(Date.now() - ageMs) });

  it.each([
    ['daily', 1],
    ['weekly', 7],
  ])('starts a %s refresh and comes back after %d days', async (frequency, days) => {
    const { id, refreshAt } = await due(frequency);
    await refreshes.startDue(NEVER);
    await refreshes.startDue(NEVER);
    expect(starter.started).toEqual([id]);
    expect((await ground.row(id)).refreshAt!.getTime()).toBe(refreshAt!.getTime() + days * DAY_MS);
  });

  it('makes up once for what was missed, and keeps the time of day', async () => {
    const { id, refreshAt } = await due('daily', 3.5 * DAY_MS);
    await refreshes.startDue(NEVER);
    expect(starter.started).toEqual([id]);
    expect((await ground.row(id)).refreshAt!.getTime()).toBe(refreshAt!.getTime() + 4 * DAY_MS);
  });

  it('starts nothing that is real-time, switched off or not due', async () => {
    await due('real-time');
    await due('daily', 1_000, false);
    await due('weekly', -60_000);
    await refreshes.startDue(NEVER);
    expect(starter.started).toHaveLength(0);
  });

  it('starts each once, of two processes', async () => {
    const made = await Promise.all(['daily', 'weekly'].map((frequency) => due(frequency)));
    const other = new AutoRefresh(ground.config(), ground.database, starter);
    await Promise.all([refreshes.startDue(NEVER), other.startDue(NEVER)]);
    expect(starter.started.toSorted()).toEqual(made.map(({ id }) => id).toSorted());
  });

  it('tries again in a quarter of an hour what did not start', async () => {
    starter.fails = true;
    const { id } = await due('daily');
    await refreshes.startDue(NEVER);
    const minutes = ((await ground.row(id)).refreshAt!.getTime() - Date.now()) / 60_000;
    expect(minutes).toBeGreaterThan(14);
    expect(minutes).toBeLessThanOrEqual(15);
    starter.fails = false;
    await ground.server.query('update custom_audiences set refresh_at = now()');
    await refreshes.startDue(NEVER);
    expect(starter.started).toEqual([id, id]);
    expect((await ground.row(id)).refreshAt!.getTime()).toBeGreaterThan(Date.now() + DAY_MS - 60_000);
  });
});
