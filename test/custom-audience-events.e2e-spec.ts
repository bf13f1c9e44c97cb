import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { Client } from 'pg';
import { Clock } from '../src/common/clock.js';
import { AUDIENCE_EVENT_TYPES, type AudienceEventType } from '../src/events/event-types.js';
import { EventReaders, type ToldEvent } from './support/event-readers.js';
import { send } from './support/json-calls.js';
import { liftReadLimits } from './support/read-limit.js';
import { manyUsers, startService, type TestService, TWO_USERS } from './support/service.js';
import { eventually, get, type TestItem } from './support/upload.js';

/** Nothing shows on the platform before it has passed there, so that what a step shows is not seen in the step before. */
const POPULATION_MS = 3_600_000;
const DAY_MS = 86_400_000;
const SETTINGS = { STATUS_POLL_SECONDS: '1', WEBHOOK_ALLOW_PRIVATE: 'true', SYNC_TIMEOUT_MS: '30000' };

/** What leads to an event on Facebook, from an audience that was just made, and what the last event of its type then says. */
interface Course {
  readonly type: AudienceEventType;
  readonly users?: number;
  lead(audience: Made): Promise<{ readonly status: number }> | void;
  readonly data: object;
}

interface Made {
  readonly id: string;
  readonly audienceId: string;
  readonly at: string;
}

describe('events of custom audiences', () => {
  let service: TestService;
  let readers: EventReaders;
  let count = 0;

  beforeAll(async () => {
    service = await startService(SETTINGS, { facebook: { populationDelayMs: POPULATION_MS } });
    liftReadLimits(service.app);
    readers = await EventReaders.start(service);
  });
  afterEach(() => void jest.restoreAllMocks());
  afterAll(async () => {
    await readers.stop();
    await service.stop();
  });

  const facebook = () => service.sandbox.facebook;
  const populate = () => facebook().advanceClock(POPULATION_MS);
  /** Within a day Facebook may not show yet what was sent. */
  const letADayPass = () => {
    populate();
    jest.spyOn(service.app.get(Clock), 'now').mockImplementation(() => new Date(Date.now() + DAY_MS));
  };
  const typesOf = (events: readonly ToldEvent[]) => events.map(({ type }) => type);
  const session = expect.any(String);

  async function make(users: number): Promise<Made> {
    const body = { platform: 'facebook', name: `Told ${(count += 1)}`, disablePrefix: true };
    const made = (await send('POST', `${service.origin}/custom-audiences`, body)).body as unknown as Made;
    const at = `${service.origin}/custom-audiences/${made.id}`;
    if (users > 0) {
      const sent = await send('POST', `${at}/users?sync=true`, { users: manyUsers(users) });
      expect(sent.status).toBe(200);
    }
    return { ...made, at };
  }

  const ofFile = { received: 2, accepted: 2, skipped: 0, rejected: 0, added: 2, unchanged: 0, removed: 0 };
  const upload = ({ at }: Made) => {
    const form = new FormData();
    form.set('file', new Blob([JSON.stringify(TWO_USERS)]), 'users.json');
    return fetch(`${at}/uploads?sync=true`, { method: 'POST', body: form });
  };
  const courses: readonly Course[] = [
    {
      type: 'created',
      lead: () => undefined,
      data: { type: 'customer-list', name: session, audienceId: session },
    },
    {
      type: 'updated',
      lead: ({ at }) => send('PATCH', at, { business: 'Example Ltd', tags: ['a'] }),
      data: { changed: ['business', 'tags'] },
    },
    { type: 'deleted', lead: ({ at }) => send('DELETE', at), data: { name: session, audienceId: session } },
    {
      type: 'dataUploaded',
      lead: upload,
      data: { session, sessionId: expect.any(Number), mode: 'append', state: 'completed', ...ofFile },
    },
    { type: 'usersAdded', users: 5, lead: () => undefined, data: { session, count: 5, added: 5 } },
    {
      type: 'usersRemoved',
      users: 105,
      lead: ({ at }) => send('DELETE', `${at}/users`, { users: manyUsers(5) }),
      data: { session, count: 5 },
    },
    { type: 'refreshed', users: 5, lead: ({ at }) => send('POST', `${at}/refresh`), data: { session, count: 5 } },
    { type: 'populationCompleted', users: 500, lead: populate, data: { size: 400 } },
    {
      type: 'populationFailed',
      users: 5,
      lead: ({ audienceId }) => void facebook().patchAudience(audienceId, { flagged: true }),
      data: { reason: expect.stringContaining('flagged') },
    },
    { type: 'sizeUpdated', users: 500, lead: populate, data: { size: 400, before: null } },
    { type: 'tooSmall', users: 5, lead: letADayPass, data: { size: 100, minimumSize: 100 } },
    { type: 'ready', users: 500, lead: populate, data: { size: 400 } },
    {
      type: 'shared',
      lead: ({ at }) => send('POST', `${at}/shares`, { accounts: ['9876543210'] }),
      data: { accounts: [{ account: '9876543210', state: 'shared' }] },
    },
    {
      type: 'lookalikeCreated',
      users: 500,
      lead: ({ at }) => {
        populate();
        return send('POST', `${at}/lookalikes`, { name: 'Like them', countries: ['US'] });
      },
      data: { lookalike: session, name: 'blotout_Like them' },
    },
    {
      type: 'usedInCampaign',
      lead: ({ audienceId }) => {
        const campaign = { id: '71', name: 'Spring' };
        facebook().patchAudience(audienceId, { ads: [{ id: '81', name: 'Ad', campaign, excludes: false }] });
      },
      data: { campaign: '71', name: 'Spring' },
    },
  ];

  it('are of fifteen types', () => {
    expect(courses.map(({ type }) => type)).toEqual(AUDIENCE_EVENT_TYPES);
  });

  it.each(courses)('tell once: $type', async ({ type, users = 0, lead, data }) => {
    const audience = await make(users);
    const answer = await lead(audience);
    expect(answer?.status ?? 200).toBeLessThan(300);
    const told = await eventually(
      () => readers.asked(audience.id),
      (events) => typesOf(events).includes(type),
    );
    expect(told.filter((event) => event.type === type).map((event) => event.data)).toEqual([data]);
  });

  it('tell nothing of a platform that has lost an audience which is being deleted', async () => {
    const audience = await make(500);
    populate();
    const readiness = async () => (await get(audience.at)).body as TestItem;
    await eventually(readiness, ({ status }) => status === 'ready');
    const holder = new Client({ connectionString: service.database.url });
    await holder.connect();
    let deletion: Promise<{ readonly status: number }>;
    try {
      // The deletion then waits for the members, with the platform done already.
      await holder.query('begin; lock table members in exclusive mode');
      deletion = send('DELETE', audience.at);
      const isThere = () =>
        Promise.resolve(
          facebook()
            .audiences()
            .some(({ id }) => id === audience.audienceId),
        );
      await eventually(isThere, (there) => !there);
      // Long enough for two looks at it. What is looked at cannot be waited for: a look that is under way waits for the record.
      await new Promise((resolve) => setTimeout(resolve, 2_500));
    } finally {
      await holder.end();
    }
    expect((await deletion).status).toBe(204);
    expect(typesOf(await readers.asked(audience.id))).toEqual([
      ...['created', 'usersAdded', 'populationCompleted', 'sizeUpdated', 'ready', 'deleted'],
    ]);
  });

  it('are the same for who asks, who follows, and a webhook: each once, and in order', async () => {
    const all = await readers.asked();
    await readers.untilAllHave(all.length);
    const told = await readers.asked();
    expect(told.map(({ id }) => id)).toEqual(told.map((_, index) => index + 1));
    expect(new Set(typesOf(told))).toEqual(new Set(AUDIENCE_EVENT_TYPES));
    expect(readers.followed().slice(0, all.length)).toEqual(all);
    expect(readers.received().slice(0, all.length)).toEqual(all);
  });
});
