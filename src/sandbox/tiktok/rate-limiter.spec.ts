import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { ADVERTISER, JANE, SpecTikTokClient, verdict } from './spec-tiktok-client.js';
import { type TikTokSimulatorOptions } from './tiktok-options.js';

let sandbox: Sandbox;
let tiktok: SpecTikTokClient;

async function start(options: TikTokSimulatorOptions = {}): Promise<void> {
  sandbox = await startSandbox({ tiktok: options });
  tiktok = new SpecTikTokClient(sandbox);
}
afterEach(() => sandbox.stop());

const list = () => tiktok.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER });
const codes = async (calls: number) =>
  (await Promise.all(Array.from({ length: calls }, list))).map(({ body }) => body.code).sort((a, b) => a - b);

describe('the rate limits', () => {
  it('are 10 calls a second, told by the code alone', async () => {
    await start();
    expect(await codes(12)).toEqual([...Array<number>(10).fill(0), 40100, 40100]);
    const refused = await list();
    expect(refused.status).toBe(200);
    expect(refused.body).toMatchObject({ code: 40100, data: {} });
    expect(refused.headers.get('retry-after')).toBeNull();
    sandbox.tiktok.advanceClock(1000);
    expect(verdict(await list())).toEqual([200, 0]);
  });

  it('have a bucket of their own for segments', async () => {
    await start({ generalRate: { perSecond: 1 }, segmentRate: { perSecond: 2 } });
    expect(await codes(2)).toEqual([0, 40100]);
    const id = await tiktok.segment();
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 0]);
    expect(verdict(await tiktok.map(id, [[JANE]]))).toEqual([200, 40100]);
  });

  it('are of the app, whichever token calls', async () => {
    await start({ generalRate: { perSecond: 1 } });
    await list();
    const other = new SpecTikTokClient(sandbox, 'other-token');
    expect(verdict(await other.get('/dmp/custom_audience/list/', { advertiser_id: ADVERTISER }))).toEqual([200, 40100]);
  });

  it('make who exceeds a minute wait for five', async () => {
    await start({ generalRate: { perMinute: 2 } });
    expect(await codes(3)).toEqual([0, 0, 40100]);
    sandbox.tiktok.advanceClock(290_000);
    expect(verdict(await list())).toEqual([200, 40100]);
    sandbox.tiktok.advanceClock(10_000);
    expect(verdict(await list())).toEqual([200, 0]);
  });

  it('make who exceeds a day wait until midnight UTC', async () => {
    await start({ generalRate: { perDay: 1 } });
    await list();
    expect(verdict(await list())).toEqual([200, 40100]);
    const now = sandbox.tiktok.now();
    const midnight = new Date(now).setUTCHours(24, 0, 0, 0);
    sandbox.tiktok.advanceClock(Math.max(0, midnight - now - 60_000));
    expect(verdict(await list())).toEqual([200, 40100]);
    sandbox.tiktok.advanceClock(60_000);
    expect(verdict(await list())).toEqual([200, 0]);
  });
});

describe('faults', () => {
  it.each([
    [{ kind: 'rate-limit' } as const, 200, 40100, null],
    [{ kind: 'rate-limit', code: 40133 } as const, 200, 40133, null],
    [{ kind: 'rate-limit', status: 429, retryAfterSeconds: 3 } as const, 429, 40100, '3'],
    [{ kind: 'error', code: 40050 } as const, 200, 40050, null],
    [{ kind: 'error', code: 50000 } as const, 200, 50000, null],
    [{ kind: 'error', code: 50002 } as const, 200, 50002, null],
    [{ kind: 'error', code: 60001 } as const, 200, 60001, null],
    [{ kind: 'error', code: 40002, status: 400 } as const, 400, 40002, null],
  ])('answer %j in the envelope', async (fault, status, code, retryAfter) => {
    await start();
    sandbox.tiktok.addFaults({ ...fault, times: 1 });
    const reply = await list();
    expect(verdict(reply)).toEqual([status, code]);
    expect(reply.headers.get('retry-after')).toBe(retryAfter);
    expect(reply.body).toEqual({
      code,
      message: expect.any(String),
      request_id: reply.headers.get('x-tt-logid'),
      data: {},
    });
    expect(verdict(await list())).toEqual([200, 0]);
  });

  it('can be a bare 502, and an answer that is lost after the call was done', async () => {
    await start();
    const id = await tiktok.segment();
    sandbox.tiktok.addFaults({ kind: 'status', status: 502, body: '<html>Bad Gateway</html>', times: 1 });
    const url = `${tiktok.base}/segment/mapping/`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(502);
    sandbox.tiktok.addFaults({ kind: 'drop-after', times: 1 });
    await expect(tiktok.map(id, [[JANE]])).rejects.toThrow('fetch failed');
    expect(sandbox.tiktok.audiences()[0]?.rowsReceived).toBe(1);
  });
});
