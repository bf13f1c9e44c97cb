import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { MadeUpPlatform, SNAPSHOT } from '../../../test/support/made-up-platform.js';
import { type AudienceRow, pollerOf, PollingGround, SteeredClock } from '../../../test/support/polling.js';
import {
  AudienceMissingError,
  CredentialsRejectedError,
  PermissionDeniedError,
  PlatformUnavailableError,
  RateLimitedError,
} from '../../providers/contract/provider-errors.js';

const TARGETS = [{ provider: 'acme', tag: 'default', soonSeconds: 600 }];
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

describe('reading a custom audience', () => {
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
    before = await ground.audience();
  });

  async function poll(env: Record<string, string> = {}, signal = new AbortController().signal): Promise<AudienceRow> {
    await ground.server.query(`update custom_audiences set poll_at = now()`);
    const { claims, poll: one } = pollerOf(ground.database, platform, ground.config(env), clock);
    for (const claimed of await claims.claim(TARGETS)) await one.make(claimed, signal);
    return ground.row(before.id);
  }

  const secondsToNext = ({ pollAt }: AudienceRow) => (pollAt!.getTime() - Date.now()) / 1000;

  describe('tells the platform’s code what we know', () => {
    const factsOf = async () => {
      await poll();
      return platform.reads.at(-1)!.facts;
    };
    const settledAt = new Date('2026-03-04T05:06:07.089Z');

    it('of an audience without uploads', async () => {
      expect(await factsOf()).toMatchObject({
        type: 'customer-list',
        createdAt: before.createdAt,
        lastUploadAt: null,
        uploadedRecords: 0,
        isUploading: false,
        hasFailed: false,
      });
    });

    it.each(['queued', 'running', 'waiting', 'processing'] as const)('while a delivery is %s', async (state) => {
      await ground.delivery(before.id, { state });
      expect(await factsOf()).toMatchObject({ isUploading: true, hasFailed: false });
    });

    it('when the first upload failed', async () => {
      await ground.delivery(before.id, { state: 'failed', settledAt });
      expect(await factsOf()).toMatchObject({ isUploading: false, hasFailed: true, lastUploadAt: null });
    });

    it.each([
      ['none of it arrived, but an earlier one did', { state: 'failed' as const, settledAt }],
      ['a part of it arrived', { state: 'failed' as const, settledAt, accepted: 1 }],
    ])('when the last upload failed, and %s', async (_, last) => {
      await ground.delivery(before.id, { state: 'succeeded', settledAt, accepted: 1 });
      await ground.delivery(before.id, last);
      expect(await factsOf()).toMatchObject({ hasFailed: false, lastUploadAt: settledAt });
    });

    it('of its own deliveries alone', async () => {
      const other = await ground.audience({ name: 'other', audienceId: null });
      await ground.delivery(other.id, { state: 'running' });
      expect(await factsOf()).toMatchObject({ isUploading: false });
    });
  });

  describe('when it fails', () => {
    it('keeps what is known, says why, and comes back later each time', async () => {
      platform.says({ warnings: [{ code: 'low-match-rate', message: 'Few match' }] });
      const good = await poll();
      platform.fails(new CredentialsRejectedError('The token was revoked'));
      const first = await poll();
      const { status, size, polledAt } = good;
      expect(first).toMatchObject({ status, size, polledAt, pollFailures: 1 });
      expect(first.warnings).toMatchObject([
        { code: 'low-match-rate' },
        { code: 'cannot-read', message: 'The token was revoked' },
      ]);
      expect(secondsToNext(first)).toBeLessThanOrEqual(30);
      const second = await poll();
      expect(second).toMatchObject({ pollFailures: 2, updatedAt: first.updatedAt, warnings: first.warnings });
      expect(secondsToNext(second)).toBeGreaterThan(35);
      platform.says({});
      expect(await poll()).toMatchObject({ pollFailures: 0, warnings: [] });
    });

    it('comes back after an hour at most', async () => {
      await ground.server.query('update custom_audiences set poll_failures = 50');
      platform.fails(new PlatformUnavailableError('Down'));
      const after = secondsToNext(await poll());
      expect(after).toBeGreaterThan(2_800);
      expect(after).toBeLessThanOrEqual(3_600);
    });

    it('shows nothing of an error of our own', async () => {
      platform.fails(new Error('jane@example.com'));
      const [warning] = (await poll()).warnings;
      expect(warning!.code).toBe('cannot-read');
      expect(warning!.message).not.toContain('jane');
    });

    it('waits as long as the platform asks, with all audiences of the account, and counts no failure', async () => {
      platform.fails(new RateLimitedError('Too many', 300_000));
      const first = await poll();
      expect(first).toMatchObject({ pollFailures: 0, warnings: [], polledAt: null });
      expect(secondsToNext(first)).toBeGreaterThan(295);
      platform.says({});
      expect(secondsToNext(await poll())).toBeGreaterThan(290);
      expect(platform.reads).toHaveLength(1);
      const blocked = await ground.server.query('select tag from tag_budgets where blocked_until > now() order by 1');
      expect(blocked).toEqual([{ tag: 'default' }, { tag: 'default:reads' }]);
    });

    it('gives the audience back when the process ends', async () => {
      const shutdown = new AbortController();
      platform.onRead = (_, signal) => {
        shutdown.abort();
        return Promise.reject(signal.reason as Error);
      };
      const after = await poll({}, shutdown.signal);
      expect(after).toMatchObject({ pollFailures: 0, warnings: [] });
      expect(secondsToNext(after)).toBeLessThanOrEqual(0);
    });

    it('takes a refusal of the id for an audience that is gone', async () => {
      platform.fails(new AudienceMissingError('No such audience'));
      expect(await poll()).toMatchObject({ status: 'error', warnings: [{ code: 'missing-on-platform' }] });
    });
  });

  it('keeps within the calls a minute that reading may take', async () => {
    Object.assign(platform.audiences, { readsPerMinute: 6 });
    const names = ['b', 'c'];
    for (const name of names) await ground.audience({ name, audienceId: name });
    // Two calls at once are within ten seconds' budget; each audience takes two.
    await poll();
    expect(platform.reads.length + platform.usesAsked).toBe(2);
  });

  describe('asks for its uses', () => {
    const campaign = (id: string) => ({ id, name: `Campaign ${id}` });

    it('records them, and tells of each new campaign once', async () => {
      platform.onUses = () =>
        Promise.resolve({ campaigns: [campaign('2'), campaign('1')], ads: [campaign('9')], exclusions: null });
      const first = await poll({ STATUS_POLL_SECONDS: '1' });
      expect(first).toMatchObject({
        campaigns: [campaign('1'), campaign('2')],
        ads: [campaign('9')],
        exclusions: null,
      });
      platform.onUses = () => Promise.resolve({ campaigns: [campaign('3'), campaign('2')], ads: null, exclusions: [] });
      const second = await poll({ STATUS_POLL_SECONDS: '1' });
      expect(second).toMatchObject({ campaigns: [campaign('2'), campaign('3')], ads: null, exclusions: [] });
      await poll({ STATUS_POLL_SECONDS: '1' });
      const told = (await ground.events()).filter(([type]) => type === 'usedInCampaign').map(([, data]) => data);
      expect(told).toEqual(['1', '2', '3'].map((id) => ({ campaign: id, name: `Campaign ${id}` })));
    });

    it('at most once in an hour, and when the audience becomes ready', async () => {
      platform.says({ status: 'populating' });
      // A poll at the turn of the hour may count for two.
      clock.aheadMs = HOUR_MS - (Date.now() % HOUR_MS);
      await poll();
      await ground.server.query(`update custom_audiences set polled_at = '${clock.now().toISOString()}'`);
      expect(platform.usesAsked).toBe(1);
      await poll();
      expect(platform.usesAsked).toBe(1);
      await ground.server.query(`update custom_audiences set polled_at = '${clock.now().toISOString()}'`);
      platform.says({ status: 'ready' });
      await poll();
      expect(platform.usesAsked).toBe(2);
    });

    it('also of an account whose every call is wanted', async () => {
      Object.assign(platform, { audiences: { ...platform.audiences, readsPerMinute: 6 } });
      // As much of the minute is gone as may be at once.
      await ground.server.query(
        `insert into tag_budgets (provider, tag, next_call_at) values ('acme', 'default:reads', now() + interval '9 seconds')`,
      );
      await poll();
      expect([platform.reads.length, platform.usesAsked]).toEqual([1, 1]);
      expect(secondsToNext(await poll())).toBeLessThan(30);
      expect([platform.reads.length, platform.usesAsked]).toEqual([1, 1]);
    });

    it('and keeps what was read, and the uses of before, when they cannot be had', async () => {
      platform.onUses = () => Promise.resolve({ campaigns: [campaign('1')], ads: null, exclusions: null });
      await poll({ STATUS_POLL_SECONDS: '1' });
      platform.onUses = () => Promise.reject(new PermissionDeniedError('Campaigns are not yours to see'));
      platform.says({ size: { value: 7, isEstimate: false } });
      const after = await poll({ STATUS_POLL_SECONDS: '1' });
      expect(after).toMatchObject({ size: 7, campaigns: [campaign('1')], pollFailures: 0 });
      expect(after.warnings.map(({ code }) => code)).toContain('uses-unknown');
    });
  });

  describe('looks when the credentials end', () => {
    const warnings = async () => (await poll()).warnings.map(({ code }) => code);

    it.each([
      [13, ['credentials-end-soon']],
      [15, []],
    ])('in %d days, once a day for all audiences of the tag', async (days, codes) => {
      platform.onRead = (id) => Promise.resolve({ ...SNAPSHOT, name: id === 'b' ? 'b' : SNAPSHOT.name });
      const other = await ground.audience({ name: 'b', audienceId: 'b' });
      platform.credentialsEnd = new Date(Date.now() + days * DAY_MS);
      expect(await warnings()).toEqual(codes);
      expect(await warnings()).toEqual(codes);
      expect((await ground.row(other.id)).warnings.map(({ code }) => code)).toEqual(codes);
      expect(platform.credentialsAsked).toBe(1);
    });

    it('takes the warning back, and no other, when there are new ones', async () => {
      platform.says({ name: 'By hand' });
      platform.credentialsEnd = new Date(Date.now() + DAY_MS);
      expect(await warnings()).toEqual(['renamed-on-platform', 'credentials-end-soon']);
      platform.credentialsEnd = null;
      await ground.server.query(`update tag_budgets set next_call_at = now() where tag = 'default:credentials'`);
      expect(await warnings()).toEqual(['renamed-on-platform']);
    });
  });
});
