import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { GarbageThrower } from './support/garbage.js';
import { goodParts, postRaw, rawForm } from './support/raw-form.js';
import { startService, type TestService } from './support/service.js';
import { batchOf, upload } from './support/upload.js';

const NUMBERS_OF_BATCH = ['sessionId', 'sequence', 'totalBatches', 'totalUsers'] as const;

/** Sound forms with JSON that is none, or says what cannot be. */
describe('garbage in JSON', () => {
  let service: TestService;
  let garbage: GarbageThrower;

  beforeAll(async () => {
    service = await startService();
    garbage = new GarbageThrower(service.origin, service.database);
  });
  afterAll(() => service.stop());
  afterEach(() => garbage.goesOn());

  const users = (text: string) => rawForm(goodParts({ users: text }));
  const batch = (text: string) => rawForm(goodParts({ batch: text }));

  describe('numbers of a batch', () => {
    /** The batch with one member written as this text, which `JSON.stringify` could not write. */
    const withNumber = (member: string, text: string) => {
      const marked = JSON.stringify({ ...batchOf(), [member]: 'HERE' });
      return batch(marked.replace('"HERE"', text));
    };

    it.each(NUMBERS_OF_BATCH.map((member) => [member]))('that are none are refused by name: %s', async (member) => {
      const none = ['"1"', '"0x1"', '""', 'true', 'null', '[1]', '{}', '[[1]]', '-1', '1.5', '1e400', '-1e400'];
      for (const text of [...none, '9007199254740993', `1${'0'.repeat(400)}`, '1e16']) {
        await garbage.refused(withNumber(member, text), { status: 400, field: `batch.${member}` });
      }
    });

    it.each([
      'NaN',
      'Infinity',
      '-Infinity',
      'undefined',
      '0x10',
      '01',
      '+1',
      '.5',
      '1.',
      '1e',
      "'1'",
      '1n',
      '1_0',
      '１',
    ])('that JSON does not know make the batch no JSON: %s', async (text) => {
      await garbage.refused(withNumber('totalUsers', text), { status: 400, field: 'batch' });
    });

    it('may be written in any way that means a whole number', async () => {
      for (const text of ['1.0', '1e0', '10E-1', '-0', '0']) {
        await garbage.accepted(withNumber('totalUsers', text));
      }
    });
  });

  describe('batches', () => {
    it.each(['[]', '[{}]', 'null', 'true', '1', '"{}"', '{"length":4}', '{"0":{}}'])(
      'are refused as %s',
      async (text) => {
        const { status, body } = await postRaw(service.origin, batch(text));
        expect([status, body.success]).toEqual([400, false]);
        expect(body.errors?.every(({ field }) => /^batch(\.\w+)?$/.test(field))).toBe(true);
      },
    );

    it.each(['{', '{}}', '{"sessionId":1,}', "{'sessionId':1}", '{"sessionId":1}{}', '{"a":1//\n}', '', ' ', '\\'])(
      'are refused as no JSON: %j',
      async (text) => {
        await garbage.refused(batch(text), { status: 400, field: 'batch' });
      },
    );

    it('get no member from a prototype', async () => {
      const inherited = `{"__proto__":${JSON.stringify(batchOf())}}`;
      const { body } = await postRaw(service.origin, batch(inherited));
      expect(body.errors?.map(({ field }) => field)).toEqual(NUMBERS_OF_BATCH.map((member) => `batch.${member}`));
      const beside = JSON.stringify({ ...batchOf(), constructor: 1, toString: 2, hasOwnProperty: 3, then: 4 });
      await garbage.accepted(batch(beside.replace('{', '{"__proto__":{"sessionId":"x"},')));
      expect('sessionId' in {}).toBe(false);
    });

    it('and users are refused when nested deep, at once', async () => {
      const startedAt = Date.now();
      for (const [open, close] of [
        ['[', ']'],
        ['{"a":', '}'],
      ] as const) {
        const deep = (levels: number) => `${open.repeat(levels)}1${close.repeat(levels)}`;
        await garbage.refused(batch(deep(600)), { status: 400, field: 'batch' });
        for (const levels of [11, 10_000, 5_000_000]) {
          await garbage.refused(users(`[{"more":${deep(levels)}}]`), { status: 400, field: 'users' });
        }
      }
      // Forty million brackets in all. A parser that follows them takes minutes, or all of the stack.
      expect(Date.now() - startedAt).toBeLessThan(20_000);
    });
  });

  describe('users', () => {
    it.each(['{}', '{"0":{}}', '{"length":1,"0":{}}', 'null', 'true', '0', '"[{}]"', '[]', '[ ]'])(
      'are refused as %s',
      async (text) => {
        await garbage.refused(users(text), { status: 400, field: 'users' });
      },
    );

    it.each([
      '[{}',
      '[{}]]',
      '[{}],[{}]',
      '[{}]\n[{}]',
      '[{},]',
      "[{'email':'a'}]",
      '[{"email":NaN}]',
      '[undefined]',
      '[{"a":"\\x41"}]',
    ])('are refused as no JSON: %j', async (text) => {
      await garbage.refused(users(text), { status: 400, field: 'users' });
    });

    it.each(['null', '[]', '[{}]', '[[{}]]', '1', '"ada@example.com"', 'false'])(
      'are refused when one is %s',
      async (text) => {
        await garbage.refused(users(`[{},${text},{}]`), { status: 400, field: 'users[1]' });
      },
    );

    it.each([
      ['email', '5'],
      ['email', '1e400'],
      ['email', 'false'],
      ['email', '["ada@example.com"]'],
      ['email', '{"__proto__":{}}'],
      ['email', '{"toString":"ada@example.com"}'],
      ['phone', '12025550143'],
      ['phone', '-0'],
      ['postalCode', '20500'],
      ['country', '1'],
      ['edgeTagId', '9007199254740993'],
      ['firstName', '[]'],
      ['lastName', '{}'],
      ['purchase', '[]'],
      ['purchase', '"5"'],
      ['purchase', '5'],
      ['purchase.profit', '1e400'],
      ['purchase.profit', '-1e400'],
      ['purchase.profit', 'true'],
      ['purchase.total7Days', '[1]'],
      ['purchase.total7Days', '{"valueOf":1}'],
      ['purchase.currency', '840'],
    ])('are refused by name with %s of %s', async (field, text) => {
      const [outer = '', inner] = field.split('.');
      const user = inner === undefined ? `{"${outer}":${text}}` : `{"${outer}":{"${inner}":${text}}}`;
      await garbage.refused(users(`[{},${user}]`), { status: 400, field: `users[1].${field}` });
    });

    it('are refused with a text of megabytes, and with millions of values', async () => {
      const long = 'x'.repeat(5_000_000);
      await garbage.refused(users(`[{"email":"${long}"}]`), { status: 400, field: 'users[0].email' });
      await garbage.refused(users(`["${long}"]`), { status: 400, field: 'users[0]' });
      await garbage.refused(users(`[${'{},'.repeat(1_000_000)}{}]`), { status: 400, field: 'users' });
      await garbage.refused(users(`[{"more":[${'1,'.repeat(5_000_000)}1]}]`), { status: 400, field: 'users' });
      await garbage.refused(users(`${'\n'.repeat(5_000_000)}x`), { status: 400, field: 'users' });
    });

    it('keep what comes under names of prototypes from everything', async () => {
      const mine = '"constructor":{"prototype":{"polluted":1}},"toString":1,"hasOwnProperty":null,"then":2';
      await garbage.accepted(users(`[{"__proto__":{"polluted":1,"email":5},${mine}},{"__proto__":null}]`));
      await garbage.refused(users('[{"email":5,"__proto__":{"email":"x"},"hasOwnProperty":1}]'), {
        status: 400,
        field: 'users[0].email',
      });
      expect('polluted' in {}).toBe(false);
    });
  });
});

/** JSON can say it, so each platform decides; one strange user never stops the others. */
describe('strange users', () => {
  let service: TestService;

  beforeAll(async () => {
    service = await startService({}, { klaviyo: { rateLimits: false } }, ['facebook', 'tiktok', 'klaviyo']);
  });
  afterAll(() => service.stop());

  it('do not keep the sound ones beside them from any platform', async () => {
    const strange = [
      { email: 'a\u0000b@example.com', phone: '\u0000', firstName: '\u0000', edgeTagId: '\u0000' },
      {
        email: '\ud800@example.com',
        firstName: '\udfff',
        lastName: '\ud83d',
        postalCode: '\udc00',
        edgeTagId: '\ud800',
      },
      { email: '__proto__', country: '__proto__', firstName: 'constructor', purchase: { currency: 'constructor' } },
      { email: 'x'.repeat(1_000), phone: '1'.repeat(1_000), country: 'x'.repeat(1_000), postalCode: '0'.repeat(1_000) },
      { email: 'ada@example.com', purchase: { profit: 'NaN', total7Days: 'Infinity', currency: '\ud800' } },
      { email: 'grace@example.com', purchase: { profit: -0, total7Days: 9007199254740992, currency: 'USD' } },
      { email: 'edsger@example.com', purchase: { profit: 1e308, total7Days: '1e999' } },
    ];
    const name = 'Strange users';
    const test = { name, batch: batchOf({ totalUsers: 7 }), users: strange, query: 'sync=true' };
    const { status, body } = await upload(service.origin, test);
    expect([status, body.errors]).toEqual([200, undefined]);
    const counts = { received: 7, accepted: 3, skipped: 4, rejected: 0 };
    expect(body.results?.map(({ provider }) => provider).sort()).toEqual(['facebook', 'klaviyo', 'tiktok']);
    for (const result of body.results ?? []) expect(result).toMatchObject(counts);
  });
});
