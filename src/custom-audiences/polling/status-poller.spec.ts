import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { MadeUpPlatform, SNAPSHOT } from '../../../test/support/made-up-platform.js';
import { pollerOf, PollingGround } from '../../../test/support/polling.js';
import { eventually } from '../../../test/support/upload.js';
import { MetricsService } from '../../metrics/metrics.service.js';
import { Database } from '../../storage/database.js';
import { CustomAudienceMetrics } from './custom-audience-metrics.js';
import { PollClaimsRepository } from './poll-claims.repository.js';
import type { StatusPoller } from './status-poller.service.js';

const TARGETS = [{ provider: 'acme', tag: 'default', soonSeconds: 600 }];

describe('StatusPoller', () => {
  let ground: PollingGround;
  let otherDatabase: Database;
  let claims: PollClaimsRepository;
  let platform: MadeUpPlatform;
  const running: StatusPoller[] = [];

  beforeAll(async () => {
    ground = await PollingGround.open();
    otherDatabase = await Database.open({ databaseUrl: ground.server.url, dataDir: 'unused' });
    claims = new PollClaimsRepository(ground.database);
  });

  afterAll(async () => {
    await otherDatabase.close();
    await ground.close();
  });

  beforeEach(async () => {
    await ground.empty();
    platform = new MadeUpPlatform(['default', 'slow']);
  });

  afterEach(async () => {
    await Promise.all(running.splice(0).map((poller) => poller.onModuleDestroy()));
  });

  function start(database = ground.database, env: Record<string, string> = {}): StatusPoller {
    const { poller } = pollerOf(database, platform, ground.config({ STATUS_POLL_SECONDS: '1', ...env }));
    poller.onApplicationBootstrap();
    running.push(poller);
    return poller;
  }

  it('tells of every change exactly once, of two pollers on one database', async () => {
    const names = Array.from({ length: 10 }, (_, index) => `audience-${index}`);
    for (const name of names) await ground.audience({ name, audienceId: name, pollAt: null });
    let size = 1;
    platform.onRead = (id) => Promise.resolve({ ...SNAPSHOT, name: id, size: { value: size, isEstimate: false } });
    start();
    start(otherDatabase);
    for (size = 1; size <= 2; size++) {
      const reached = size;
      await eventually(
        () => ground.server.query('select size from custom_audiences'),
        (rows) => rows.every((row) => Number(row.size) === reached),
      );
    }
    const told = await ground.server.query(`select type, data ->> 'before' as before, count(*)::int as count,
      count(distinct audience)::int as audiences from audience_events group by 1, 2 order by 1, 2`);
    const each = { count: names.length, audiences: names.length };
    expect(told).toEqual([
      { type: 'populationCompleted', before: null, ...each },
      { type: 'ready', before: null, ...each },
      { type: 'sizeUpdated', before: '1', ...each },
      { type: 'sizeUpdated', before: null, ...each },
    ]);
  });

  it('asks for no audience twice at a time, of two pollers on one database', async () => {
    for (const name of ['a', 'b', 'c']) await ground.audience({ name, audienceId: name });
    const open = new Map<string, number>();
    let most = 0;
    platform.onRead = async (id) => {
      open.set(id, (open.get(id) ?? 0) + 1);
      most = Math.max(most, open.get(id)!);
      await new Promise(setImmediate);
      open.set(id, open.get(id)! - 1);
      return { ...SNAPSHOT, name: id };
    };
    start();
    start(otherDatabase);
    await eventually(
      () => Promise.resolve(platform.reads.length),
      (reads) => reads >= 9,
    );
    expect(most).toBe(1);
  });

  it('goes on with other tags while one does not answer, and ends when told to', async () => {
    await ground.audience({ tag: 'slow', account: 'account-slow', audienceId: 'stuck' });
    const quick = await ground.audience();
    platform.onRead = async (id, signal) => {
      if (id !== 'stuck') return SNAPSHOT;
      await once(signal, 'abort');
      throw signal.reason;
    };
    const poller = start();
    await eventually(
      () => Promise.resolve(platform.reads.filter(({ tag }) => tag === 'default').length),
      (reads) => reads >= 2,
    );
    await poller.onModuleDestroy();
    expect((await ground.row(quick.id)).status).toBe('ready');
    const [left] = await ground.server.query(`select poll_at <= now() as due from custom_audiences where tag = 'slow'`);
    expect(left).toEqual({ due: true });
  });

  it('does not run where nothing is delivered', async () => {
    await ground.audience();
    start(ground.database, { ROLE: 'api' });
    start(otherDatabase, { ROLE: 'worker' });
    const seen = await eventually(
      () => ground.server.query('select polled_at from custom_audiences'),
      ([row]) => row!.polled_at !== null,
    );
    expect(seen).toHaveLength(1);
  });

  describe('claims', () => {
    it('come back when a process was killed, after its lease', async () => {
      const { id } = await ground.audience();
      expect((await claims.claim(TARGETS)).map((claimed) => claimed.id)).toEqual([id]);
      expect(await claims.claim(TARGETS)).toHaveLength(0);
      await ground.server.query(`update custom_audiences set poll_at = poll_at - interval '151 seconds'`);
      expect((await claims.claim(TARGETS)).map((claimed) => claimed.id)).toEqual([id]);
    });

    it('take a few of each tag, and none of others, of those without id or of those that are not due', async () => {
      for (let index = 0; index < 9; index++) await ground.audience({ name: `d${index}` });
      await ground.audience({ tag: 'eu', name: 'eu' });
      await ground.audience({ tag: 'gone', name: 'gone' });
      await ground.audience({ tag: 'eu', name: 'later', pollAt: new Date(Date.now() + 60_000) });
      await ground.audience({ tag: 'eu', name: 'no id', audienceId: null });
      const claimed = await claims.claim([...TARGETS, { provider: 'acme', tag: 'eu', soonSeconds: 1 }]);
      expect(claimed.map(({ tag }) => tag).sort()).toEqual(['default', 'default', 'default', 'default', 'eu']);
      expect(claimed.find(({ tag }) => tag === 'eu')!.name).toBe('eu');
    });

    it('give each audience to one, of many that ask together', async () => {
      for (let index = 0; index < 20; index++) await ground.audience({ name: `d${index}` });
      const other = new PollClaimsRepository(otherDatabase);
      for (let round = 0; round < 5; round++) {
        await ground.server.query('update custom_audiences set poll_at = now()');
        const claimed = await Promise.all([claims, other, claims, other].map((from) => from.claim(TARGETS)));
        const ids = claimed.flat().map(({ id }) => id);
        expect(ids.length).toBeGreaterThanOrEqual(4);
        expect(new Set(ids).size).toBe(ids.length);
      }
    });

    it('change nothing any more when the lease has gone to another', async () => {
      await ground.audience();
      const [claimed] = await claims.claim(TARGETS);
      const pollAt = new Date(Date.now() + 1_000_000);
      await ground.server.query(`update custom_audiences set poll_at = '${pollAt.toISOString()}'`);
      await claims.postpone(claimed!, 1);
      expect((await ground.row(claimed!.id)).pollAt).toEqual(pollAt);
    });
  });

  it('learns ids from what deliveries found, at first and again, and asks for them at once', async () => {
    const { id } = await ground.audience({ audienceId: null, pollAt: null });
    const other = await ground.audience({ name: 'other', audienceId: 'kept', pollAt: new Date(Date.now() + 60_000) });
    await claims.learnIds();
    expect((await ground.row(id)).audienceId).toBeNull();
    await ground.server.query(`insert into remote_audiences (provider, account, segment, remote_id, updated_at) values
      ('acme', 'account-default', 'blotout_made', 'new-1', now()), ('acme', 'account-default', 'other', null, now()),
      ('acme', 'account-eu', 'other', 'not this', now())`);
    for (const remoteId of ['new-1', 'new-2']) {
      await ground.server.query(`update remote_audiences set remote_id = '${remoteId}' where segment = 'blotout_made'`);
      await claims.learnIds();
      expect((await claims.claim(TARGETS)).map(({ audienceId }) => audienceId)).toEqual([remoteId]);
    }
    expect((await ground.row(other.id)).audienceId).toBe('kept');
  });

  it('asks sooner for an audience that rested and was sent users', async () => {
    const [now, hour] = [Date.now(), 3_600_000];
    const rested = { polledAt: new Date(now - 2 * hour), pollAt: new Date(now + 9 * hour) };
    const { id } = await ground.audience({ ...rested, lastUploadAt: new Date(now - hour) });
    const soon = await ground.audience({ ...rested, name: 'soon', lastUploadAt: new Date(now) });
    const before = await ground.audience({ ...rested, name: 'before', lastUploadAt: new Date(now - 3 * hour) });
    await claims.hastenUploaded(TARGETS);
    expect((await ground.row(id)).pollAt!.getTime()).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await ground.row(soon.id)).pollAt!.getTime()).toBe(now + 600_000);
    expect((await ground.row(before.id)).pollAt!.getTime()).toBe(now + 9 * hour);
  });

  it('counts the audiences of each status for the metrics', async () => {
    for (const name of ['a', 'b']) await ground.audience({ name, status: 'ready' });
    await ground.audience({ name: 'c', status: 'error' });
    const metrics = new MetricsService();
    const { catalogue } = pollerOf(ground.database, platform, ground.config());
    new CustomAudienceMetrics(metrics, catalogue, claims);
    const text = await metrics.registry.metrics();
    for (const [status, count] of Object.entries({ ready: 2, error: 1, populating: 0, 'too-small': 0 })) {
      expect(text).toContain(`audience_custom_audiences{provider="acme",tag="default",status="${status}"} ${count}`);
    }
  });
});
