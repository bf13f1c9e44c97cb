import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { type GraphAnswer, refusal, SpecGraphClient } from '../spec-graph-client.js';

let sandbox: Sandbox;
let graph: SpecGraphClient;

async function start(options: { refuseNameFilter?: boolean; listLimit?: number } = {}): Promise<void> {
  sandbox = await startSandbox({ facebook: options });
  graph = new SpecGraphClient(sandbox);
}
beforeEach(() => start());
afterEach(() => sandbox.stop());

const list = (query = ''): Promise<GraphAnswer> => graph.call('GET', `act_1/customaudiences${query}`);
const filter = (...conditions: object[]) => `filtering=${encodeURIComponent(JSON.stringify(conditions))}`;
const data = (answer: GraphAnswer) => answer.body['data'] as { id: string; name?: string }[];
const paging = (answer: GraphAnswer) =>
  answer.body['paging'] as { cursors: { before: string; after: string }; next?: string } | undefined;

describe('the list of audiences', () => {
  it('gives only ids unless fields are named, of this account only', async () => {
    const id = await graph.audience({}, '1');
    await graph.audience({}, '2');
    expect(data(await list())).toEqual([{ id }]);
    expect(data(await list('?fields=id,name'))).toEqual([{ id, name: 'Buyers' }]);
    expect(refusal(await list('?fields=id,nme'))).toEqual([400, 100, undefined]);
    expect((await graph.call('GET', 'act_3/customaudiences')).body).toEqual({ data: [] });
  });

  it('leads through the pages by cursor, without gaps or repeats', async () => {
    const ids: string[] = [];
    for (let count = 0; count < 5; count += 1) ids.unshift(await graph.audience({}, '1'));
    const first = await list('?limit=2&fields=id');
    expect(data(first).map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await list(`?limit=2&after=${paging(first)?.cursors.after ?? ''}`);
    expect(data(second).map(({ id }) => id)).toEqual(ids.slice(2, 4));
    const next = new URL(paging(second)?.next ?? '');
    expect(next.origin).toBe(sandbox.facebook.origin);
    const third = await graph.call('GET', next.pathname.replace('/v26.0/', '') + next.search);
    expect(data(third).map(({ id }) => id)).toEqual(ids.slice(4));
    expect(paging(third)).not.toHaveProperty('next');
    const back = await list(`?limit=2&before=${paging(third)?.cursors.before ?? ''}`);
    expect(data(back).map(({ id }) => id)).toEqual(ids.slice(2, 4));
  });

  it('gives 25 by default', async () => {
    for (let count = 0; count < 26; count += 1) await graph.audience({}, '1');
    const answer = await list();
    expect(data(answer)).toHaveLength(25);
    expect(paging(answer)?.next).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/v26\.0\/act_1\/customaudiences\?after=/);
  });

  it('filters by name and by status', async () => {
    const buyers = await graph.audience({ name: 'blotout_buyers' }, '1');
    const others = await graph.audience({ name: 'blotout_buyers 2' }, '1');
    const equal = filter({ field: 'name', operator: 'EQUAL', value: 'blotout_buyers' });
    expect(data(await list(`?${equal}`))).toEqual([{ id: buyers }]);
    const starting = filter({ field: 'name', operator: 'STARTS_WITH', value: 'blotout_' });
    expect(data(await list(`?${starting}`))).toEqual([{ id: others }, { id: buyers }]);
    const empty = filter({ field: 'operation_status.code', operator: 'IN', value: [410] });
    expect(data(await list(`?${empty}`))).toHaveLength(2);
    const normal = filter({ field: 'operation_status.code', operator: 'IN', value: [200] });
    expect(data(await list(`?${normal}`))).toEqual([]);
  });

  it.each([
    ['?filtering=name', 'no JSON'],
    [`?${filter({ field: 'colour', operator: 'EQUAL', value: 'red' })}`, 'an unknown field'],
    [`?${filter({ field: 'name', operator: 'IS', value: 'x' })}`, 'an unknown operator'],
    ['?after=bm90LWFuLWlk', 'a foreign cursor'],
    ['?limit=0', 'no items at all'],
  ])('refuses %s: %s', async (query) => {
    await graph.audience({}, '1');
    expect(refusal(await list(query))).toEqual([400, 100, undefined]);
  });

  it('can refuse the filter on names, and asks for less data above its limit', async () => {
    await sandbox.stop();
    await start({ refuseNameFilter: true, listLimit: 50 });
    expect(refusal(await list(`?${filter({ field: 'name', operator: 'EQUAL', value: 'x' })}`))).toEqual([
      400,
      100,
      undefined,
    ]);
    expect(refusal(await list('?limit=51'))).toEqual([500, 1, undefined]);
    expect((await list('?limit=50')).status).toBe(200);
  });
});
