import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from '../../sandbox.js';
import { add, people, SpecLinkedInClient, verdict } from '../spec-linkedin-client.js';

const PREDICTIVE = { sourcePlatform: 'LINKEDIN_BUSINESS_OBJECTIVE_BASED_AUDIENCES' };
const locations = (urn: string) => ({ include: { and: [{ or: { 'urn:li:adTargetingFacet:locations': [urn] } }] } });

let sandbox: Sandbox;
let linkedin: SpecLinkedInClient;
let seed: string;
let parent: string;

beforeEach(async () => {
  sandbox = await startSandbox();
  linkedin = new SpecLinkedInClient(sandbox);
  seed = await linkedin.segment();
  await linkedin.users(
    seed,
    people(300).map((digest) => add(digest)),
  );
  sandbox.linkedin.advanceClock(2 * 86_400_000);
  parent = await linkedin.segment(PREDICTIVE);
});
afterEach(() => sandbox.stop());

const grow = (change: object = {}, into = parent) =>
  linkedin.send('POST', `/dmpSegments/${into}/businessObjectiveBasedAudiences`, {
    desiredAudienceCount: 20_000,
    seeds: [`urn:li:dmpSegment:${seed}`],
    targetingFilter: locations('urn:li:geo:103644278'),
    ...change,
  });

describe('an audience grown from a segment', () => {
  it('is made, read, listed and deleted', async () => {
    const { status, headers } = await grow();
    const id = headers.get('x-restli-id');
    expect([status, id]).toEqual([201, '17667095']);
    const path = `/dmpSegments/${parent}/businessObjectiveBasedAudiences`;
    const expected = { id: 17_667_095, dmpSegmentId: Number(parent), desiredAudienceCount: 20_000 };
    expect((await linkedin.send('GET', `${path}/${id}`)).body).toMatchObject(expected);
    expect((await linkedin.send('GET', path)).body).toMatchObject({ elements: [expected] });

    expect(verdict(await linkedin.send('DELETE', `/dmpSegments/${seed}`))).toEqual([400, 'SEGMENT_IN_USE']);
    expect((await linkedin.send('DELETE', `${path}/${id}`)).status).toBe(204);
    expect((await linkedin.send('GET', `${path}/${id}`)).status).toBe(404);
    expect((await linkedin.send('DELETE', `/dmpSegments/${seed}`)).status).toBe(204);
  });

  it.each([
    [{ desiredAudienceCount: undefined }],
    [{ desiredAudienceCount: '20000' }],
    [{ seeds: [] }],
    [{ seeds: ['17667093'] }],
    [{ seeds: ['urn:li:dmpSegment:1'] }],
    [{ targetingFilter: undefined }],
    [{ targetingFilter: { include: { and: [] } } }],
    [{ targetingFilter: locations('Berlin') }],
    [{ name: 'x' }],
  ])('refuses %j', async (change) => {
    expect((await grow(change)).status).toBe(400);
  });

  it('needs a segment of its own, of its kind, that is some seconds old', async () => {
    expect((await grow({}, seed)).status).toBe(400);
    const { headers } = await linkedin.create(PREDICTIVE);
    expect(verdict(await grow({}, headers.get('x-restli-id') ?? ''))).toEqual([404, 'NOT_FOUND']);
    await grow();
    expect((await grow()).status).toBe(400);
  });

  it('needs a seed that is ready and of at least 300', async () => {
    await linkedin.users(seed, [{ ...add(people(1)[0]!), action: 'REMOVE' }]);
    expect(verdict(await grow())).toEqual([400, 'SEED_INVALID']);
    await linkedin.users(seed, [add(people(1)[0]!)]);
    sandbox.linkedin.patchAudience(seed, { status: 'BUILDING' });
    expect(verdict(await grow())).toEqual([400, 'SEED_INVALID']);
  });
});
