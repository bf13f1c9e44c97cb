import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CUSTOM_AUDIENCE_ACTIONS, type CustomAudienceAction } from '../src/providers/contract/custom-audience-words.js';
import { SIMULATOR_IDS, type SimulatorId } from '../src/sandbox/sandbox.js';
import { send } from './support/json-calls.js';
import { liftReadLimits } from './support/read-limit.js';
import { manyUsers, startService, type TestService } from './support/service.js';
import { eventually, get, type TestAnswer, untilState } from './support/upload.js';

/** Platforms that decide at once, and let segments be renamed; how they take their time is tested with each. */
const AT_ONCE = {
  facebook: { populationDelayMs: 0 },
  tiktok: { processingMs: 0, renameSegments: true },
  klaviyo: { rateLimits: false, jobMs: 0, segmentDelayMs: 0 },
  linkedin: { processingMs: 0 },
  twitter: { matchMs: 0 },
  google: { processingMs: 0, sizeDelayMs: 0 },
} as const;

/** Accounts that an audience may be shared with. */
const PARTNERS: Readonly<Partial<Record<SimulatorId, string>>> = {
  facebook: '9876543210',
  tiktok: '7180000000000000002',
  klaviyo: 'PRTNR1',
  linkedin: '512345679',
  twitter: '18ce54d4x5u',
  google: '1234567891',
};

/** Enough that every platform takes them for the seed of a lookalike. */
const MANY = 3_000;

/** `analyze` and `report` come with the tests of their own endpoints. */
type ShownAction = Exclude<CustomAudienceAction, 'analyze' | 'report'>;

interface Matrix {
  readonly id: SimulatorId;
  readonly audiences: {
    readonly actions: readonly { action: CustomAudienceAction; offered: boolean; instead?: string }[];
    readonly changes: readonly string[];
    readonly minimumSize: number | null;
    readonly tells: readonly string[];
  };
}

/** What an update may change on the platform. */
const CHANGES = { name: 'blotout_Renamed', description: 'Readers', retentionDays: 60 } as const;
/** Where it keeps people out is told once it does: the test of the properties shows it. */
const TOLD = ['size', 'matchedUsers', 'matchingRate', 'campaigns', 'ads'] as const;

/** One audience on each platform, and everything that can be done with it, in the order of a life. */
describe('what GET /providers says of custom audiences', () => {
  let service: TestService;
  let matrix: readonly Matrix[];
  const made = new Map<SimulatorId, { readonly id: string; readonly audienceId: string }>();

  beforeAll(async () => {
    service = await startService({ STATUS_POLL_SECONDS: '1' }, AT_ONCE, SIMULATOR_IDS);
    liftReadLimits(service.app);
    matrix = (await get(`${service.origin}/providers`)).body.items as Matrix[];
  });
  afterAll(() => service.stop());

  const supportOf = (platform: SimulatorId) => matrix.find(({ id }) => id === platform)!.audiences;
  const at = (platform: SimulatorId, path = '') =>
    `${service.origin}/custom-audiences/${made.get(platform)!.id}${path}`;
  const remotes = (platform: SimulatorId) =>
    service.sandbox[platform].audiences().filter(({ details }) => details.deleted !== true);
  const remote = (platform: SimulatorId) => remotes(platform).find(({ id }) => id === made.get(platform)!.audienceId);
  const everybody = manyUsers(MANY);
  const others = manyUsers(10, 'other');

  /** Some platforms decide later whom they take. */
  async function delivered({ status, headers, body }: TestAnswer, users: number): Promise<void> {
    expect([status, body]).toEqual([202, expect.objectContaining({ received: users })]);
    const session = await untilState(`${service.origin}${headers.get('location')!}`, 'completed');
    expect(session.body.tags).toMatchObject([{ received: users, accepted: users, skipped: 0, rejected: 0 }]);
  }

  const untilThere = (platform: SimulatorId, memberCount: number) =>
    eventually(
      () => Promise.resolve(remote(platform)?.memberCount),
      (count) => count === memberCount,
    );

  const likeThem = (platform: SimulatorId) => ({
    name: 'Like them',
    reach: 'narrow',
    ...(platform === 'linkedin' ? { locations: ['urn:li:geo:103644278'] } : { countries: ['US'] }),
  });

  /** What asks for the action. */
  const ask: Readonly<Record<ShownAction, (platform: SimulatorId) => Promise<TestAnswer>>> = {
    create: (platform) => send('POST', `${service.origin}/custom-audiences`, { platform, name: 'Matrix' }),
    update: (platform) => {
      const { changes } = supportOf(platform);
      const wanted = Object.entries(CHANGES).filter(([field]) => changes.includes(field));
      return send('PATCH', at(platform), { ...Object.fromEntries(wanted), tags: ['renamed'] });
    },
    uploadData: async (platform) => {
      const form = new FormData();
      form.set('file', new Blob([everybody.map((user) => JSON.stringify(user)).join('\n')]), 'users.ndjson');
      const answer = await fetch(at(platform, '/uploads'), { method: 'POST', body: form });
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as TestAnswer['body'] };
    },
    addUsers: (platform) => send('POST', at(platform, '/users'), { users: others }),
    removeUsers: (platform) => send('DELETE', at(platform, '/users'), { users: others }),
    refresh: (platform) => send('POST', at(platform, '/refresh')),
    share: (platform) =>
      send('POST', at(platform, '/shares'), { accounts: [PARTNERS[platform]], relationship: 'AGENCY' }),
    createLookalike: (platform) => send('POST', at(platform, '/lookalikes'), likeThem(platform)),
    delete: (platform) => send('DELETE', at(platform)),
  };

  /** What is to be seen after it, where it is offered. */
  const shows: Readonly<Record<ShownAction, (platform: SimulatorId, answer: TestAnswer) => Promise<void>>> = {
    create: (platform, { status, body }) => {
      expect([status, body]).toMatchObject([201, { name: 'blotout_Matrix', platform }]);
      made.set(platform, body as never);
      expect(remote(platform)).toMatchObject({ name: expect.stringContaining('blotout_Matrix'), memberCount: 0 });
      return Promise.resolve();
    },
    update: async (platform, { status, body }) => {
      expect([status, body]).toMatchObject([200, { name: CHANGES.name, tags: ['renamed'] }]);
      expect(remote(platform)?.name).toContain(CHANGES.name);
      const { changes } = supportOf(platform);
      for (const [field, value] of Object.entries(CHANGES)) {
        if (changes.includes(field)) expect(body[field]).toBe(value);
        else expect(await send('PATCH', at(platform), { [field]: value })).toMatchObject({ status: 422 });
      }
    },
    uploadData: async (platform, answer) => {
      await delivered(answer, MANY);
      await untilThere(platform, MANY);
    },
    addUsers: async (platform, answer) => {
      await delivered(answer, others.length);
      await untilThere(platform, MANY + others.length);
    },
    removeUsers: async (platform, answer) => {
      await delivered(answer, others.length);
      await untilThere(platform, MANY);
    },
    refresh: async (platform, answer) => {
      await delivered(answer, MANY);
      await untilThere(platform, MANY);
      const { minimumSize, tells } = supportOf(platform);
      const told = TOLD.filter((property) => tells.includes(property));
      const toldOf = ({ body }: TestAnswer) => TOLD.filter((property) => body[property] !== null);
      await untilReady(platform);
      // What is a share of the uploaded is told by the first poll after the upload was settled.
      const latest = await eventually(
        () => get(at(platform)),
        (seen) => toldOf(seen).length >= told.length,
      );
      expect([toldOf(latest), latest.body.minimumSize]).toEqual([told, minimumSize]);
    },
    share: (platform, { status, body }) => {
      expect([status, body]).toEqual([
        200,
        { accounts: [{ account: PARTNERS[platform], state: expect.stringMatching(/^(shared|pending)$/) }] },
      ]);
      return Promise.resolve();
    },
    createLookalike: async (platform, { status, body }) => {
      expect([status, body]).toMatchObject([201, { name: 'blotout_Like them', seed: made.get(platform)!.id }]);
      expect(remotes(platform).map(({ id }) => id)).toContain(body.audienceId);
      // Platforms keep what a lookalike is made of.
      expect((await send('DELETE', `${service.origin}/custom-audiences/${body.id as string}`)).status).toBe(204);
    },
    delete: async (platform, { status }) => {
      expect(status).toBe(204);
      expect([remote(platform), (await get(at(platform))).status]).toEqual([undefined, 404]);
    },
  };

  const order = Object.keys(ask) as ShownAction[];

  it('names every action of every platform', () => {
    expect(matrix.map(({ id }) => id).toSorted()).toEqual(SIMULATOR_IDS.toSorted());
    for (const { audiences } of matrix) {
      expect(audiences.actions.map(({ action }) => action)).toEqual(CUSTOM_AUDIENCE_ACTIONS);
    }
    expect([...order, 'analyze', 'report'].toSorted()).toEqual(CUSTOM_AUDIENCE_ACTIONS.toSorted());
  });

  describe.each(SIMULATOR_IDS)('is so on %s', (platform) => {
    it.each(order)('%s', async (action) => {
      const { offered, instead } = supportOf(platform).actions.find((one) => one.action === action)!;
      // A seed has to have been counted.
      if (action === 'createLookalike' && offered) await untilReady(platform);
      const answer = await ask[action](platform);
      if (offered) return shows[action](platform, answer);
      expect([answer.status, answer.body]).toMatchObject([422, { code: 'not-offered', detail: instead }]);
      expect(instead).toMatch(/\w{3}/);
    });
  });

  async function untilReady(platform: SimulatorId): Promise<TestAnswer> {
    return eventually(
      () => get(at(platform)),
      ({ body }) => body.status === 'ready' && typeof body.size === 'number',
    );
  }
});
