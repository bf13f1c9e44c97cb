import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { gzipSync } from 'node:zlib';
import { GarbageThrower } from './support/garbage.js';
import { BOUNDARY, filePart, goodParts, MULTIPART, rawForm, rawPart, sendBytes, textPart } from './support/raw-form.js';
import { startService, type TestService } from './support/service.js';
import { batchOf } from './support/upload.js';

const GOOD_USERS = '[{"email":"ada@example.com"}]';
const many = (count: number, part: (index: number) => Buffer) =>
  Buffer.concat(Array.from({ length: count }, (_, i) => part(i)));
const withBoundary = (boundary: string) => Buffer.from(rawForm(goodParts()).toString().replaceAll(BOUNDARY, boundary));

/** Whatever comes as a form, the answer is clear, nothing half is stored, and the next call is served. */
describe('garbage instead of a form', () => {
  let service: TestService;
  let garbage: GarbageThrower;

  beforeAll(async () => {
    service = await startService();
    garbage = new GarbageThrower(service.origin, service.database);
  });
  afterAll(() => service.stop());
  afterEach(() => garbage.goesOn());

  const MALFORMED = { status: 400 };

  describe('is refused as 400 when cut', () => {
    const whole = rawForm(goodParts());
    const ends: readonly [string, number][] = [
      ['before its first byte', 0],
      ['in the first boundary', 4],
      ['in the headers of a part', whole.indexOf('form-data') + 4],
      ['in a value', whole.indexOf('"sessionId"') + 3],
      ['behind the last value', whole.lastIndexOf(`\r\n--${BOUNDARY}`)],
      ['in the last boundary', whole.length - 5],
    ];
    it.each(ends)('%s', async (_, end) => {
      await garbage.refused(whole.subarray(0, end), MALFORMED);
    });
  });

  describe('boundaries', () => {
    it.each([
      ['another one', `multipart/form-data; boundary=${BOUNDARY}2`],
      ['a longer one than the body', `multipart/form-data; boundary=${'b'.repeat(5_000)}`],
      ['an empty one', 'multipart/form-data; boundary='],
      ['an empty one in quotes', 'multipart/form-data; boundary=""'],
      ['one whose quotes stay open', `multipart/form-data; boundary="${BOUNDARY}`],
      ['none among parameters', 'multipart/form-data; charset=utf-8'],
    ])('is 400 with %s', async (_, type) => {
      await garbage.refused(rawForm(goodParts()), MALFORMED, { type });
    });

    it('are only those of the whole line: the end without its dashes is none', async () => {
      const unended = Buffer.concat([goodParts(), Buffer.from(`--${BOUNDARY}\r\n`)]);
      await garbage.refused(unended, MALFORMED);
      await garbage.refused(Buffer.from(rawForm(goodParts()).toString().replaceAll('\r\n', '\n')), MALFORMED);
    });

    it('may be as long as a header may be, and no longer', async () => {
      const long = 'b'.repeat(8_000);
      await garbage.accepted(withBoundary(long), { type: `multipart/form-data; boundary=${long}` });
      const head = `POST /audience HTTP/1.1\r\nHost: x\r\nContent-Type: multipart/form-data; boundary=${'b'.repeat(20_000)}`;
      const answer = await sendBytes(service.origin, `${head}\r\nContent-Length: 0\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1\.1 431 /);
      expect(answer).toContain('"code":"headers-too-large"');
    });

    it('may have text before the first and after the last', async () => {
      await garbage.accepted(Buffer.concat([Buffer.from('preamble\r\n'), rawForm(goodParts()), Buffer.alloc(5_000)]));
    });
  });

  describe('parts', () => {
    const batch = JSON.stringify(batchOf());

    it.each([
      ['name', 'Garbage'],
      ['type', 'custom'],
      ['batch', batch],
      ['users', GOOD_USERS],
    ])('are refused by name when %s comes twice, in whatever form', async (name, value) => {
      const rest = goodParts({ [name]: undefined });
      const text = textPart(name, value);
      const file = filePart(name, value);
      const plainFile = rawPart(
        `Content-Disposition: form-data; name="${name}"\r\nContent-Type: application/octet-stream`,
        value,
      );
      for (const twice of [
        [text, text],
        [text, file],
        [file, file],
        [plainFile, text],
        [text, text, text, file],
      ]) {
        await garbage.refused(rawForm(rest, ...twice), { status: 400, field: name });
      }
    });

    it.each(['users[]', 'users[0]', 'users[email]', 'users[__proto__]', 'users[0][email]'])(
      'are refused when one is called %s',
      async (name) => {
        const parts = [goodParts({ users: undefined }), textPart(name, GOOD_USERS)];
        await garbage.refused(rawForm(...parts), { status: 400, field: 'users' });
      },
    );

    it.each(['name', 'batch', 'users'])('are named when %s is missing', async (name) => {
      await garbage.refused(rawForm(goodParts({ [name]: undefined })), { status: 400, field: name });
    });

    it.each([
      ['33 parts', many(30, (i) => textPart(`extra${i}`, 'x'))],
      ['50,000 fields of one name', many(50_000, () => textPart('extra', 'x'))],
      ['20,000 files called users', many(20_000, () => filePart('users', '[]'))],
      ['a part without a name', rawPart('Content-Disposition: form-data', 'x')],
      ['a part with an empty name', textPart('', 'x')],
      ['a file without a name', rawPart('Content-Disposition: form-data; filename="x"', 'x')],
      ['a part without headers', Buffer.from(`--${BOUNDARY}\r\n\r\nx\r\n`)],
      ['a header without a colon', rawPart('nonsense', 'x')],
      ['a header that holds NUL', rawPart('Content-Disposition: form-data; name="a\0b"', 'x')],
      ['5,000 headers', rawPart(`${'X-More: y\r\n'.repeat(5_000)}Content-Disposition: form-data; name="x"`, 'x')],
      ['a header of a megabyte', rawPart(`X-More: ${'y'.repeat(1_000_000)}`, 'x')],
      ['a header without end', Buffer.from(`--${BOUNDARY}\r\nX-More: ${'y'.repeat(100_000)}`)],
      ['a name of 10,000 characters', textPart('n'.repeat(10_000), 'x')],
      ['a name of 1,000 brackets', textPart(`x${'[a]'.repeat(30)}`, 'x')],
      ['an index beyond all arrays', textPart('x[4294967294]', 'x')],
    ])('are refused as 400 with %s', async (_, extra) => {
      await garbage.refused(rawForm(goodParts(), extra), MALFORMED);
    });

    it('do not reach beyond the form, whatever they are called', async () => {
      const names = ['__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty', 'then', 'valueOf'];
      await garbage.accepted(rawForm(goodParts(), ...names.map((name) => textPart(name, 'polluted'))));
      const paths = ['__proto__[polluted]', 'constructor[prototype][polluted]', 'x[__proto__][polluted]'];
      await garbage.accepted(rawForm(goodParts(), ...paths.map((name) => textPart(name, '1'))));
      expect('polluted' in {}).toBe(false);
      await garbage.refused(rawForm(goodParts({ name: undefined }), textPart('__proto__', 'x')), {
        status: 400,
        field: 'name',
      });
    });

    it('are passed by when they are no form fields or have names of broken UTF-8', async () => {
      const others = [
        rawPart('Content-Disposition: attachment; name="users"', '[]'),
        rawPart('X-More: y', 'x'),
        textPart(Buffer.from([0x75, 0xff]), 'x'),
      ];
      await garbage.accepted(rawForm(goodParts(), ...others));
    });
  });

  describe('characters', () => {
    const broken = [
      ['a byte of Latin-1', Buffer.from('Caf\xe9', 'latin1')],
      ['an overlong form', Buffer.from([0x61, 0xc0, 0xaf])],
      ['half a surrogate pair', Buffer.from([0x61, 0xed, 0xa0, 0x80])],
      ['a character that is cut', Buffer.from([0x61, 0xe2, 0x82])],
      ['UTF-16 with its mark', Buffer.from('\ufeffab', 'utf16le')],
    ] as const;
    const fields = ['name', 'batch', 'users'] as const;

    it.each(broken.flatMap(([what, bytes]) => fields.map((field) => [what, field, bytes] as const)))(
      'are refused with %s in %s, as text and as a file',
      async (_, field, bytes) => {
        await garbage.refused(rawForm(goodParts({ [field]: bytes })), { status: 400, field });
        const asFile = [goodParts({ [field]: undefined }), filePart(field, bytes)];
        await garbage.refused(rawForm(...asFile), { status: 400, field });
      },
    );

    it.each([
      ['name', 'Gar\0bage'],
      ['type', 'custom\0'],
      ['batch', `${JSON.stringify(batchOf())}\0`],
      ['users', '[{"email":"ada\0@example.com"}]'],
    ])('are refused with NUL in %s', async (field, value) => {
      await garbage.refused(rawForm(goodParts({ [field]: value })), { status: 400, field });
    });

    it('may have one byte order mark before them', async () => {
      const marked = {
        name: '\ufeffGarbage',
        batch: `\ufeff${JSON.stringify(batchOf())}`,
        users: `\ufeff${GOOD_USERS}`,
      };
      await garbage.accepted(rawForm(goodParts(marked)));
      await garbage.refused(rawForm(goodParts({ users: '\ufeff\ufeff[]' })), { status: 400, field: 'users' });
      await garbage.refused(rawForm(goodParts({ users: '\ufeff' })), { status: 400, field: 'users' });
    });

    it('are not unpacked: neither base64 nor a charset of nowhere', async () => {
      const rest = goodParts({ users: undefined });
      const disposition = 'Content-Disposition: form-data; name="users"\r\n';
      const base64 = rawPart(
        `${disposition}Content-Transfer-Encoding: base64`,
        Buffer.from(GOOD_USERS).toString('base64'),
      );
      const nowhere = rawPart(`${disposition}Content-Type: text/plain; charset=nowhere`, GOOD_USERS);
      for (const part of [base64, nowhere]) {
        await garbage.refused(rawForm(rest, part), { status: 400, field: 'users' });
      }
    });
  });

  describe('content', () => {
    it.each([
      'text/html',
      'application/json',
      'application/octet-stream',
      `application/json; boundary=${BOUNDARY}`,
      `multipart/related; boundary=${BOUNDARY}`,
      `multipart/form-data, ${MULTIPART}`,
      'multipart',
      '',
    ])('of the type "%s" is 415', async (type) => {
      await garbage.refused(rawForm(goodParts()), { status: 415 }, { type });
    });

    it('that is compressed is 415, and a small one does not become large', async () => {
      const bomb = gzipSync(Buffer.alloc(50_000_000));
      for (const encoding of ['gzip', 'deflate', 'br', 'gzip, gzip']) {
        const { headers } = await garbage.refused(bomb, { status: 415 }, { headers: { 'content-encoding': encoding } });
        expect(headers.get('accept-encoding')).toBe('identity');
      }
      await garbage.accepted(rawForm(goodParts()), { headers: { 'content-encoding': 'identity' } });
    });

    it('that is compressed and does not say so is 400', async () => {
      await garbage.refused(gzipSync(rawForm(goodParts())), MALFORMED);
    });
  });
});
