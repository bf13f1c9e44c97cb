import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { people, refusal, SpecGraphClient } from '../spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;
let seed: string;

const SPEC = { type: 'custom_ratio', ratio: 0.01, country: 'US' };

beforeEach(async () => {
  sandbox = await startSandbox({ facebook: { matchRate: 1, populationDelayMs: 60_000 } });
  graph = new SpecGraphClient(sandbox);
  seed = await graph.audience();
  await graph.add(seed, ['EMAIL'], people(100));
  sandbox.facebook.advanceClock(60_000);
});
afterEach(() => sandbox.stop());

function lookalike(values: object = {}, account = '1234567890') {
  const body = { name: 'Like', subtype: 'LOOKALIKE', origin_audience_id: seed, lookalike_spec: SPEC, ...values };
  return graph.call('POST', `act_${account}/customaudiences`, body);
}

describe('lookalikes', () => {
  it('are made from a seed, which cannot be deleted before them', async () => {
    const { status, body } = await lookalike({ lookalike_spec: JSON.stringify(SPEC) });
    expect([status, body]).toEqual([200, { id: '120210987654321002' }]);
    const read = await graph.call('GET', `${body['id'] as string}?fields=subtype,lookalike_spec,delivery_status`);
    expect(read.body).toEqual({
      id: '120210987654321002',
      subtype: 'LOOKALIKE',
      lookalike_spec: {
        ...SPEC,
        target_countries: ['US'],
        origin: [{ id: seed, name: 'Buyers', type: 'custom_audience' }],
      },
      delivery_status: { code: 300, description: 'Audience is too small' },
    });
    sandbox.facebook.advanceClock(60_000);
    const later = await graph.call('GET', `${body['id'] as string}?fields=delivery_status`);
    expect(later.body).toMatchObject({ delivery_status: { code: 200 } });
    expect((await graph.call('GET', `${seed}?fields=lookalike_audience_ids`)).body).toEqual({
      id: seed,
      lookalike_audience_ids: ['120210987654321002'],
    });
    expect(refusal(await graph.call('DELETE', seed))).toEqual([400, 2656, undefined]);
    await graph.call('DELETE', '120210987654321002');
    expect((await graph.call('DELETE', seed)).status).toBe(200);
  });

  it.each([
    [undefined],
    [{ country: 'US' }],
    [{ ratio: 0.21, country: 'US' }],
    [{ ratio: 0.015, country: 'US' }],
    [{ ratio: '0.01', country: 'US' }],
    [{ ratio: 0.02, starting_ratio: 0.02, country: 'US' }],
    [{ ratio: 0.01 }],
    [{ ratio: 0.01, country: ['US'] }],
    [{ ratio: 0.01, country: 'US', location_spec: { geo_locations: { countries: ['US'] } } }],
    [{ ratio: 0.01, location_spec: {} }],
    [{ type: 'twins', country: 'US' }],
  ])('refuse the specification %j', async (spec) => {
    expect(refusal(await lookalike({ lookalike_spec: spec }))).toEqual([400, 100, undefined]);
  });

  it.each([
    [{ type: 'similarity', country: 'US' }],
    [{ ratio: 0.2, starting_ratio: 0.1, location_spec: { geo_locations: { countries: ['US', 'GB'] } } }],
  ])('accept the specification %j', async (spec) => {
    expect((await lookalike({ lookalike_spec: spec })).status).toBe(200);
  });

  it('need a seed that is large enough, the own one, and not flagged', async () => {
    const small = await graph.audience();
    await graph.add(small, ['EMAIL'], people(99));
    sandbox.facebook.advanceClock(60_000);
    expect(refusal(await lookalike({ origin_audience_id: small }))).toEqual([400, 2654, undefined]);
    expect(refusal(await lookalike({}, '2'))).toEqual([400, 200, undefined]);
    expect(refusal(await lookalike({ origin_audience_id: '1' }))).toEqual([400, 100, 33]);
    sandbox.facebook.patchAudience(seed, { flagged: true });
    expect(refusal(await lookalike())).toEqual([400, 100, 1713232]);
  });

  it('take no members', async () => {
    const { body } = await lookalike();
    expect(refusal(await graph.add(body['id'] as string, ['EMAIL'], people(1)))).toEqual([400, 2650, undefined]);
  });
});
