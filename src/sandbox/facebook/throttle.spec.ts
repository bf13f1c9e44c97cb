import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../sandbox.js';
import { type FacebookSimulatorOptions } from './facebook-options.js';
import { type GraphAnswer, refusal, SpecGraphClient } from './spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;

async function start(throttle: FacebookSimulatorOptions['throttle']): Promise<void> {
  sandbox = await startSandbox({ facebook: { throttle: throttle ?? {} } });
  graph = new SpecGraphClient(sandbox);
}
afterEach(() => sandbox.stop());

const list = () => graph.call('GET', 'act_1/customaudiences');
const usage = (answer: GraphAnswer, header: string): unknown => JSON.parse(answer.headers.get(header) ?? 'null');

describe('the throttle', () => {
  it('tells the usage with every answer', async () => {
    await start({ maxScore: 60, callsPerHour: 50, tier: 'development_access' });
    await list();
    await graph.audience({}, '1');
    const answer = await list();
    expect(usage(answer, 'x-business-use-case-usage')).toEqual({
      '5550001': [
        { type: 'custom_audience', call_count: 6, total_cputime: 1, total_time: 1, estimated_time_to_regain_access: 0 },
      ],
    });
    const account = usage(answer, 'x-ad-account-usage') as Record<string, number>;
    expect(account).toMatchObject({ ads_api_access_tier: 'development_access' });
    // One read, one write of three points and another read of 60, less what has decayed in between.
    expect(account['acc_id_util_pct']).toBeGreaterThan(5.5);
    expect(account['acc_id_util_pct']).toBeLessThanOrEqual(8.34);
    expect(account['reset_time_duration']).toBeGreaterThan(16);
    expect(account['reset_time_duration']).toBeLessThanOrEqual(25);
    expect(usage(answer, 'x-app-usage')).toEqual({ call_count: 6, total_cputime: 1, total_time: 1 });
  });

  it('blocks an account that used up its score, and only that one', async () => {
    await start({ maxScore: 3, blockSeconds: 300 });
    for (let call = 0; call < 3; call += 1) expect((await list()).status).toBe(200);
    const refused = await list();
    expect(refusal(refused)).toEqual([400, 80003, 2446079]);
    expect(usage(refused, 'x-business-use-case-usage')).toMatchObject({
      '5550001': [{ call_count: 100, estimated_time_to_regain_access: 5 }],
    });
    expect(usage(refused, 'x-ad-account-usage')).toMatchObject({ acc_id_util_pct: 100, reset_time_duration: 300 });
    expect((await graph.call('GET', 'act_2/customaudiences')).status).toBe(200);
    sandbox.facebook.advanceClock(301_000);
    expect((await list()).status).toBe(200);
  });

  it('prolongs the block of a caller that goes on', async () => {
    await start({ maxScore: 1, blockSeconds: 60 });
    await list();
    await list();
    sandbox.facebook.advanceClock(50_000);
    expect(refusal(await list())).toEqual([400, 80003, 2446079]);
    sandbox.facebook.advanceClock(50_000);
    expect(refusal(await list())).toEqual([400, 80003, 2446079]);
    sandbox.facebook.advanceClock(61_000);
    expect((await list()).status).toBe(200);
  });

  it('counts the calls of an hour', async () => {
    await start({ callsPerHour: 2 });
    await list();
    await list();
    expect(refusal(await list())).toEqual([400, 80003, 2446079]);
    sandbox.facebook.advanceClock(3_601_000);
    expect((await list()).status).toBe(200);
  });
});
