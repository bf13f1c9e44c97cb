import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpPlatform } from '../../../test/support/made-up-platform.js';
import { type AudienceRow, pollerOf, PollingGround, SteeredClock } from '../../../test/support/polling.js';
import { customAudiences } from '../../storage/custom-audience-schema.js';

const TARGETS = [{ provider: 'acme', tag: 'default', soonSeconds: 600 }];
const NEVER = new AbortController().signal;

describe('one poll of a custom audience', () => {
  let ground: PollingGround;
  let platform: MadeUpPlatform;
  let clock: SteeredClock;
  let before: AudienceRow;

  beforeAll(async () => {
    ground = await PollingGround.open();
  });

  afterAll(() => ground.close());

  beforeEach(async () => {
    await ground.empty();
    platform = new MadeUpPlatform();
    clock = new SteeredClock();
  });

  /** Makes the audience due, polls it, and gives what the record holds then. */
  async function poll(env: Record<string, string> = {}): Promise<AudienceRow> {
    await ground.server.query(`update custom_audiences set poll_at = now()`);
    const { claims, poll: one } = pollerOf(ground.database, platform, ground.config(env), clock);
    const claimed = await claims.claim(TARGETS);
    expect(claimed).toHaveLength(1);
    await one.make(claimed[0]!, NEVER);
    return ground.row(before.id);
  }

  const secondsToNext = ({ pollAt }: AudienceRow) => (pollAt!.getTime() - Date.now()) / 1000;
  const typesOf = async () => (await ground.events()).map(([type]) => type);
  const sizes = () => ground.server.query('select status, size, matched_users from audience_sizes order by at');

  it('records what the platform tells, and which figures are estimates', async () => {
    before = await ground.audience({ retentionDays: 30, uploadedRecords: 1200 });
    const changedAt = new Date('2026-01-02T03:04:05.678Z');
    platform.says({
      size: { value: 950.4, isEstimate: true },
      matchedUsers: { value: 900, isEstimate: false },
      matchingRate: { value: 0.75, isEstimate: true },
      lookalikeAudiences: ['l2', 'l1'],
      warnings: [{ code: 'low-match-rate', message: 'Few match' }],
      changedAt,
    });
    const after = await poll();
    expect(after).toMatchObject({
      status: 'ready',
      statusReason: null,
      size: 950,
      matchedUsers: 900,
      matchingRate: 0.75,
      estimates: ['size', 'matchingRate'],
      minimumSize: 100,
      retentionDays: 30,
      lookalikeAudiences: ['l1', 'l2'],
      lastUpdated: changedAt,
      version: before.version,
      pollFailures: 0,
    });
    expect(after.warnings).toEqual([{ code: 'low-match-rate', message: 'Few match', since: expect.any(String) }]);
    expect(after.updatedAt.getTime()).toBeGreaterThan(before.updatedAt.getTime());
    expect(await ground.events()).toEqual([
      ['populationCompleted', { size: 950 }],
      ['sizeUpdated', { size: 950, before: null }],
      ['ready', { size: 950 }],
    ]);
    expect(await sizes()).toEqual([{ status: 'ready', size: '950', matched_users: '900' }]);
  });

  it('notes that it asked, and nothing else, when nothing is new', async () => {
    before = await ground.audience();
    const first = await poll();
    const told = await ground.events();
    const second = await poll();
    expect(second.updatedAt).toEqual(first.updatedAt);
    expect(second.polledAt!.getTime()).toBeGreaterThan(first.polledAt!.getTime());
    expect(await ground.events()).toEqual(told);
    expect(await sizes()).toHaveLength(1);
  });

  it.each([
    ['populating', 'ready', ['populationCompleted', 'ready']],
    ['populating', 'too-small', ['populationCompleted', 'tooSmall']],
    ['populating', 'error', ['populationFailed']],
    ['ready', 'too-small', ['tooSmall']],
    ['too-small', 'ready', ['ready']],
    ['ready', 'error', []],
    ['error', 'ready', ['ready']],
    ['ready', 'populating', []],
  ] as const)('tells of the change from %s to %s, once', async (from, to, events) => {
    before = await ground.audience({ status: from, size: 1000 });
    platform.says({ status: to, statusReason: to === 'error' ? 'flagged' : null });
    await poll();
    await poll();
    expect(await typesOf()).toEqual([...events]);
  });

  it('follows the size, and keeps its history', async () => {
    before = await ground.audience({ status: 'ready', size: 10 });
    for (const value of [10, 20, 20, 30]) {
      platform.says({ size: { value, isEstimate: false } });
      await poll();
    }
    expect(await ground.events()).toEqual([
      ['sizeUpdated', { size: 20, before: 10 }],
      ['sizeUpdated', { size: 30, before: 20 }],
    ]);
    expect((await sizes()).map(({ size }) => size)).toEqual(['10', '20', '30']);
  });

  it('says that an audience is gone, and has the next upload make a new one', async () => {
    before = await ground.audience({ status: 'ready', size: 10 });
    await ground.server.query(`insert into remote_audiences (provider, account, segment, remote_id, updated_at)
      values ('acme', 'account-default', 'blotout_made', 'remote-1', now()), ('acme', 'account-default', 'other', 'remote-2', now())`);
    platform.says(undefined);
    const after = await poll();
    expect(after).toMatchObject({ status: 'error', size: null, audienceId: 'remote-1' });
    expect(after.statusReason).toContain('remote-1');
    expect(after.warnings.map(({ code }) => code)).toEqual(['missing-on-platform']);
    const remote = await ground.server.query('select segment, remote_id from remote_audiences order by 1');
    expect(remote).toEqual([
      { segment: 'blotout_made', remote_id: null },
      { segment: 'other', remote_id: 'remote-2' },
    ]);
  });

  it('warns of another name, and keeps the time since when it does', async () => {
    before = await ground.audience();
    platform.says({ name: 'By hand' });
    const first = await poll();
    expect(first.warnings).toMatchObject([{ code: 'renamed-on-platform' }]);
    clock.aheadMs = 60_000;
    expect((await poll()).warnings).toEqual(first.warnings);
    platform.says({});
    expect((await poll()).warnings).toEqual([]);
  });

  it.each([
    ['more than a tenth', 899, undefined, ['size-shrank']],
    ['a tenth', 900, undefined, []],
    ['more than a tenth, after users were taken out', 500, 'remove', []],
    ['more than a tenth, after users were added', 500, 'append', ['size-shrank']],
  ] as const)('on a size that shrank by %s', async (_, size, mode, codes) => {
    before = await ground.audience();
    await poll();
    if (mode) await ground.delivery(before.id, { state: 'succeeded', accepted: 1, settledAt: new Date() }, mode);
    platform.says({ size: { value: size, isEstimate: false } });
    await poll();
    expect((await poll()).warnings.map(({ code }) => code)).toEqual([...codes]);
  });

  it('asks by the age of the last change, or at the pace that is set', async () => {
    before = await ground.audience();
    const first = secondsToNext(await poll());
    expect(first).toBeGreaterThan(530);
    expect(first).toBeLessThanOrEqual(660);
    clock.aheadMs = 2 * 3_600_000;
    const rested = secondsToNext(await poll());
    expect(rested).toBeGreaterThan(12_900);
    expect(rested).toBeLessThan(15_900);
    const set = secondsToNext(await poll({ STATUS_POLL_SECONDS: '5' }));
    expect(set).toBeGreaterThan(3);
    expect(set).toBeLessThanOrEqual(5);
  });

  it('discards what it read of an audience that was changed by hand meanwhile, and asks again', async () => {
    before = await ground.audience();
    platform.onRead = async () => {
      await ground.database.query.update(customAudiences).set({ version: 2, name: 'blotout_new' });
      return { ...(await new MadeUpPlatform().onRead('', NEVER))!, name: 'blotout_made' };
    };
    const after = await poll();
    expect(after).toMatchObject({ status: 'populating', warnings: [], polledAt: null });
    expect(secondsToNext(after)).toBeLessThanOrEqual(0);
  });

  it('writes nothing once its lease is another poller’s', async () => {
    before = await ground.audience();
    const later = new Date(Date.now() + 7_200_000);
    platform.onRead = async () => {
      await ground.database.query.update(customAudiences).set({ pollAt: later });
      return new MadeUpPlatform().onRead('', NEVER);
    };
    expect(await poll()).toMatchObject({ status: 'populating', pollAt: later });
    expect(await ground.events()).toHaveLength(0);
  });
});
