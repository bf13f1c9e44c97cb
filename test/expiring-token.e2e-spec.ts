import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { manyUsers, startGround, type TestGround } from './support/service.js';
import { ServiceProcess } from './support/service-process.js';
import { batchOf, eventually, get, type TestAnswer, untilState, upload } from './support/upload.js';

const CHUNK = 5_000;
const SIXTY_DAYS_MS = 60 * 86_400_000;
const TEST_MS = 180_000;

/** Access tokens that are got for a refresh token, in two processes on one database. */
describe('an access token that expires', () => {
  let ground: TestGround;
  let both: ServiceProcess[];

  beforeAll(async () => {
    both = [];
    const env = {
      LINKEDIN_ACCESS_TOKEN: undefined,
      LINKEDIN_CLIENT_ID: '77sandboxclient',
      LINKEDIN_CLIENT_SECRET: 'WPL_AP1.sandbox',
      LINKEDIN_REFRESH_TOKEN: 'sandbox-refresh-token',
    };
    // No token works but those that are given out.
    ground = await startGround(env, { linkedin: { acceptedTokens: [], warmUpMs: 0 } }, ['linkedin']);
    both = await Promise.all([0, 1].map(() => ServiceProcess.start(ground.env)));
  });
  afterAll(async () => {
    await Promise.all(both.map((service) => service.stop()));
    await ground.stop();
  });

  const platform = () => ground.sandbox.linkedin;
  const refreshes = () => platform().requests({ path: '*/accessToken', bodies: false }).requests.length;
  const statuses = () =>
    platform()
      .requests({ path: '*/users', bodies: false })
      .requests.map(({ status }) => status);
  const acceptedIn = ({ body }: TestAnswer) => (body.tags as { accepted: number }[])[0]!.accepted;

  /** Posts three chunks for an audience of its own. */
  async function start({ origin }: ServiceProcess, name: string): Promise<string> {
    const users = manyUsers(2 * CHUNK + 5, name);
    const { status, headers } = await upload(origin, { name, batch: batchOf({ totalUsers: users.length }), users });
    expect(status).toBe(200);
    return origin + headers.get('location');
  }

  it(
    'in the middle of deliveries is renewed once, and they go on where they are',
    async () => {
      // So long that no delivery can come to its end before its token does.
      platform().addFaults({ kind: 'delay', ms: 2_000, path: '*/users' });
      const sessions = await Promise.all([0, 1, 2, 3].map((number) => start(both[number % 2]!, `expiring-${number}`)));
      const untilBegun = (session: string) =>
        eventually(
          () => get(session),
          (answer) => acceptedIn(answer) >= CHUNK,
          60_000,
        );
      await Promise.all(sessions.map(untilBegun));
      expect(refreshes()).toBe(1);
      expect(statuses()).not.toContain(401);

      platform().advanceClock(SIXTY_DAYS_MS);
      const done = await Promise.all(
        sessions.map((session) =>
          eventually(
            () => get(session),
            ({ body }) => body.state !== 'delivering',
            60_000,
          ),
        ),
      );
      expect(statuses()).toContain(401);
      expect(refreshes()).toBe(2);
      for (const { body } of done) {
        expect(body.state).toBe('completed');
        const list = await get(`${both[0]!.origin}/deliveries?session=${body.id as string}`);
        expect(list.body.items).toMatchObject([
          { state: 'succeeded', attempts: 1, accepted: 2 * CHUNK + 5, error: null },
        ]);
      }
      const received = platform()
        .audiences()
        .map(({ memberCount, rowsReceived }) => [memberCount, rowsReceived]);
      expect(received).toEqual(Array(4).fill([2 * CHUNK + 5, 2 * CHUNK + 5]));
    },
    TEST_MS,
  );

  it(
    'with its refresh token is the account’s failure, told without either, and over when somebody agrees again',
    async () => {
      platform().clearFaults();
      platform().setToken('AQX-sandbox-0002', 'revoked');
      platform().setToken('sandbox-refresh-token', 'revoked');
      const session = await start(both[0]!, 'ended');
      const told = await eventually(
        () => get(session),
        ({ body }) => (body.tags as { lastError: object | null }[])[0]!.lastError !== null,
      );
      expect(told.body.tags).toMatchObject([{ accepted: 0, lastError: { code: 'credentials-rejected' } }]);
      const shown = JSON.stringify(told.body) + both.map(({ log }) => log).join('');
      expect(shown).toContain('the member has to agree again (REFRESH_TOKEN)');
      expect(shown).not.toMatch(/AQX-sandbox|sandbox-refresh-token|WPL_AP1/);

      platform().setToken('sandbox-refresh-token', 'valid');
      await fetch(`${both[0]!.origin}/providers/linkedin/tags/default/resume`, { method: 'POST' });
      const done = await untilState(session, 'completed');
      expect(acceptedIn(done)).toBe(2 * CHUNK + 5);
    },
    TEST_MS,
  );
});
