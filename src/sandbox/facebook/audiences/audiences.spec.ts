import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { LIST, people, refusal, SpecGraphClient } from '../spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;

beforeEach(async () => {
  sandbox = await startSandbox({ facebook: { matchRate: 1, populationDelayMs: 60_000, audiencesPerAccount: 3 } });
  graph = new SpecGraphClient(sandbox);
});
afterEach(() => sandbox.stop());

const STATUS_FIELDS =
  'operation_status,delivery_status,approximate_count_lower_bound,approximate_count_upper_bound,is_value_based';

async function health(id: string): Promise<unknown[]> {
  const { body } = await graph.call('GET', `${id}?fields=${STATUS_FIELDS}`);
  const { operation_status: operation, delivery_status: delivery } = body as Record<string, { code?: number }>;
  const { approximate_count_lower_bound: lower, approximate_count_upper_bound: upper } = body;
  return [operation?.code, delivery?.code, lower, upper];
}

describe('creating', () => {
  it('answers the numeric id as text, and allows the same name twice', async () => {
    const first = await graph.call('POST', 'act_1/customaudiences', LIST);
    const second = await graph.call('POST', 'act_1/customaudiences', LIST);
    expect([first.status, first.body, second.body]).toEqual([
      200,
      { id: '120210987654321001' },
      { id: '120210987654321002' },
    ]);
    expect(Number('120210987654321001')).toBe(Number('120210987654321002'));
  });

  it.each([
    [{ ...LIST, name: undefined }, '(#100) The parameter name is required'],
    [{ ...LIST, subtype: undefined }, '(#100) The parameter subtype is required'],
    [{ ...LIST, customer_file_source: undefined }, '(#100) Missing parameter(s): customer_file_source'],
    [
      { ...LIST, customer_file_source: 'NOT_APPLICABLE' },
      '(#100) Param customer_file_source must be one of {USER_PROVIDED_ONLY, PARTNER_PROVIDED_ONLY, BOTH_USER_AND_PARTNER_PROVIDED}',
    ],
    [{ ...LIST, retention_days: 181 }, '(#100) Param retention_days must be from 1 to 180'],
    [{ ...LIST, is_value_based: 'maybe' }, '(#100) Param is_value_based must be a boolean'],
  ])('refuses %j', async (values, message) => {
    const { status, body } = await graph.call('POST', 'act_1/customaudiences', values);
    expect([status, body.error.code, body.error.message]).toEqual([400, 100, message]);
    expect(sandbox.facebook.audiences()).toEqual([]);
  });

  it('refuses an unknown subtype', async () => {
    const answer = await graph.call('POST', 'act_1/customaudiences', { ...LIST, subtype: 'LIST' });
    expect(refusal(answer)).toEqual([400, 100, undefined]);
    expect(answer.body.error.message).toMatch(/^\(#100\) Param subtype must be one of \{APP, .*CUSTOM, .*WEBSITE\}$/);
  });

  it('caps the audiences of an account', async () => {
    for (let count = 0; count < 3; count += 1) await graph.audience({}, '1');
    expect(refusal(await graph.call('POST', 'act_1/customaudiences', LIST))).toEqual([400, 2654, undefined]);
    expect((await graph.call('POST', 'act_2/customaudiences', LIST)).status).toBe(200);
  });
});

describe('reading', () => {
  it('gives only the id unless fields are named', async () => {
    const id = await graph.audience({ description: 'd', is_value_based: true });
    expect((await graph.call('GET', id)).body).toEqual({ id });
    const fields =
      'id,account_id,name,description,subtype,customer_file_source,is_value_based,retention_days,data_source';
    expect((await graph.call('GET', `${id}?fields=${fields}`)).body).toEqual({
      id,
      account_id: '1234567890',
      name: 'Buyers',
      description: 'd',
      subtype: 'CUSTOM',
      customer_file_source: 'USER_PROVIDED_ONLY',
      is_value_based: true,
      retention_days: 0,
    });
    expect(refusal(await graph.call('GET', `${id}?fields=colour`))).toEqual([400, 100, undefined]);
  });

  it('goes from no upload over finding people to ready, with rounded bounds', async () => {
    const id = await graph.audience();
    expect(await health(id)).toEqual([410, 300, -1, -1]);
    await graph.add(id, ['EMAIL'], people(1000));
    expect(await health(id)).toEqual([441, 300, -1, -1]);
    sandbox.facebook.advanceClock(60_000);
    expect(await health(id)).toEqual([200, 200, 900, 1100]);
    await graph.add(id, ['EMAIL'], people(1000, 1000));
    expect(await health(id)).toEqual([441, 200, 900, 1100]);
    sandbox.facebook.advanceClock(60_000);
    expect(await health(id)).toEqual([200, 200, 1800, 2200]);
  });

  it('stays too small below 100 matched people', async () => {
    const id = await graph.audience();
    await graph.add(id, ['EMAIL'], people(99));
    sandbox.facebook.advanceClock(60_000);
    expect(await health(id)).toEqual([200, 300, 0, 200]);
  });

  it('matches by the configured rate, the same people each time', async () => {
    await sandbox.stop();
    const counts: unknown[] = [];
    for (let run = 0; run < 2; run += 1) {
      sandbox = await startSandbox({ facebook: { matchRate: 0.5 } });
      graph = new SpecGraphClient(sandbox);
      await graph.add(await graph.audience(), ['EMAIL'], people(4000));
      counts.push(sandbox.facebook.audiences()[0]?.details['matched']);
      if (run === 0) await sandbox.stop();
    }
    expect(counts[0]).toBe(counts[1]);
    expect(counts[0]).toBeGreaterThan(1850);
    expect(counts[0]).toBeLessThan(2150);
  });
});

describe('updating and deleting', () => {
  it('changes name and description, but not what is for good', async () => {
    const id = await graph.audience();
    expect((await graph.call('POST', id, { name: 'New', description: 'n' })).body).toEqual({ success: true });
    expect((await graph.call('GET', `${id}?fields=name,description`)).body).toEqual({
      id,
      name: 'New',
      description: 'n',
    });
    expect(refusal(await graph.call('POST', id, { is_value_based: true }))).toEqual([400, 100, undefined]);
    expect(refusal(await graph.call('POST', id, { subtype: 'WEBSITE' }))).toEqual([400, 100, undefined]);
    expect(await health(id)).toEqual([410, 300, -1, -1]);
  });

  it('deletes once', async () => {
    const id = await graph.audience();
    expect((await graph.call('DELETE', id)).body).toEqual({ success: true });
    expect(refusal(await graph.call('DELETE', id))).toEqual([400, 100, 33]);
    expect(refusal(await graph.add(id, ['EMAIL'], people(1)))).toEqual([400, 100, 33]);
  });

  it('freezes a flagged audience', async () => {
    const id = await graph.audience();
    await graph.add(id, ['EMAIL'], people(200));
    sandbox.facebook.patchAudience(id, { flagged: true });
    expect((await health(id))[0]).toBe(471);
    expect(refusal(await graph.call('POST', id, { name: 'x' }))).toEqual([400, 100, 1713228]);
    expect(refusal(await graph.add(id, ['EMAIL'], people(1)))).toEqual([400, 100, 1713230]);
    expect(refusal(await graph.remove(id, ['EMAIL'], people(1)))).toEqual([400, 100, 1713230]);
    expect(refusal(await graph.replace(id, { session_id: 1, batch_seq: 1 }, people(1)))).toEqual([400, 100, 1713230]);
    sandbox.facebook.patchAudience(id, { flagged: false });
    expect((await graph.call('POST', id, { name: 'x' })).status).toBe(200);
  });
});
