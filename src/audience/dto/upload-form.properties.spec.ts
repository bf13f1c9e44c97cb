import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, type INestApplication, Module, Post } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import fc from 'fast-check';
import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { MultipartJson } from '../../common/multipart-json.js';
import { ProblemFilter } from '../../common/problem.filter.js';
import { AppConfigModule } from '../../config/config.module.js';
import { AudienceFormDto } from './audience-form.dto.js';
import { PREVIEW_FORM } from '../preview/dto/preview-form.js';

@Controller('audience')
class EchoController {
  @Post()
  @MultipartJson(PREVIEW_FORM)
  echo(@Body() { name, type, batch, users }: AudienceFormDto) {
    return { name, type, batch, users };
  }
}

@Module({})
class EchoModule {}

interface Form {
  readonly boundary: string;
  readonly name: string;
  readonly batch: object;
  readonly users: readonly object[];
  /** Which parts come as files, and in which order the parts come. */
  readonly files: readonly string[];
  readonly order: readonly string[];
}

/** Far beyond the few milliseconds that one takes, on the most loaded machine. */
const PATIENCE_MS = 20_000;

/** Letters of every kind, without the controls that a name may not hold. */
const letters = fc.string({ unit: 'grapheme', maxLength: 20 }).map((value) => value.replace(/\p{Cc}/gu, ''));
const form: fc.Arbitrary<Form> = fc.record({
  boundary: fc.stringMatching(/^[A-Za-z0-9'()+_,./:=?-]{1,60}$/),
  name: letters.map((value) => `n${value}`),
  batch: fc.record({
    sessionId: fc.maxSafeNat(),
    sequence: fc.constant(1),
    totalBatches: fc.constant(2),
    totalUsers: fc.nat(),
  }),
  users: fc.array(fc.record({ email: letters, phone: fc.option(letters), more: fc.jsonValue({ maxDepth: 3 }) }), {
    minLength: 1,
    maxLength: 5,
  }),
  files: fc.subarray(['name', 'batch', 'users']),
  order: fc.shuffledSubarray(['name', 'batch', 'users'], { minLength: 3 }),
});
/** Sizes of the pieces that a body comes in, again and again until it is there. */
const pieces = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 6 });

/** Where bytes are changed, and into what. */
const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  removed: fc.nat({ max: 40 }),
  added: fc.oneof(
    fc.uint8Array({ maxLength: 6 }),
    fc.constantFrom('\r\n', '--', '"', '\r\n\r\n', '\0', '[', '{', '\\', ';').map((value) => Buffer.from(value)),
  ),
});

describe('any form of POST /audience', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const imports = [AppConfigModule.register({ env: {}, providers: [] })];
    const root = { module: EchoModule, imports, controllers: [EchoController] };
    app = await NestFactory.create(root, { logger: false, bodyParser: false });
    app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost)));
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/audience`;
  });
  afterAll(() => app.close());

  function bodyOf({ boundary, name, batch, users, files, order }: Form): Buffer {
    const values: Readonly<Record<string, string>> = {
      name,
      batch: JSON.stringify(batch),
      users: JSON.stringify(users),
    };
    const parts = order.map((part) => {
      const file = files.includes(part) ? '; filename="f"' : '';
      return `--${boundary}\r\nContent-Disposition: form-data; name="${part}"${file}\r\n\r\n${values[part]}\r\n`;
    });
    return Buffer.from(`${parts.join('')}--${boundary}--`);
  }

  /** Sends each piece as a chunk of its own, which Node hands on as it came. */
  function send(body: Buffer, boundary: string, sizes: readonly number[] = [body.length || 1]) {
    return new Promise<{ status?: number; body: Record<string, unknown> }>((resolve, reject) => {
      const headers = { 'content-type': `multipart/form-data; boundary="${boundary}"`, 'transfer-encoding': 'chunked' };
      const call = request(url, { method: 'POST', headers, timeout: PATIENCE_MS });
      call.on('timeout', () => call.destroy(new Error('No answer came')));
      call.on('error', reject);
      call.on('response', (answer) => {
        text(answer).then((json) => resolve({ status: answer.statusCode, body: JSON.parse(json) as never }), reject);
      });
      for (let at = 0, piece = 0; at < body.length; piece++) {
        const size = sizes[piece % sizes.length]!;
        call.write(body.subarray(at, at + size));
        at += size;
      }
      call.end();
    });
  }

  const holds = <T>(arbitrary: fc.Arbitrary<T>, check: (value: T) => Promise<void>, numRuns: number) =>
    fc.assert(fc.asyncProperty(arbitrary, check), { numRuns });

  it('is the same in whatever pieces it comes', async () => {
    await holds(
      fc.tuple(form, pieces),
      async ([sent, sizes]) => {
        const { name, batch, users, boundary } = sent;
        const { status, body } = await send(bodyOf(sent), boundary, sizes);
        // What JSON cannot tell apart (-0) is as it comes back from it.
        const json = JSON.stringify(users);
        expect([status, body]).toEqual([201, { name, type: 'custom', batch, users: JSON.parse(json) as unknown }]);
      },
      150,
    );
  });

  it('is refused wherever it is cut', async () => {
    await holds(
      fc.tuple(form, pieces, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true })),
      async ([sent, sizes, at]) => {
        const whole = bodyOf(sent);
        const { status, body } = await send(whole.subarray(0, Math.floor(at * whole.length)), sent.boundary, sizes);
        expect([status, body.success]).toEqual([400, false]);
      },
      150,
    );
  });

  it('is taken as it says or refused, whatever happens to its bytes', async () => {
    await holds(
      fc.tuple(form, fc.array(change, { minLength: 1, maxLength: 4 })),
      async ([sent, changes]) => {
        const spoilt = changes.reduce((bytes, { at, removed, added }) => {
          const place = Math.floor(at * bytes.length);
          return Buffer.concat([bytes.subarray(0, place), added, bytes.subarray(place + removed)]);
        }, bodyOf(sent));
        const { status, body } = await send(spoilt, sent.boundary);
        if (status === 201) {
          expect((body.users as object[]).length).toBeGreaterThan(0);
          expect(typeof body.name).toBe('string');
        } else {
          expect([status, body.success]).toEqual([400, false]);
        }
      },
      300,
    );
  });

  it('is nothing that comes as any bytes', async () => {
    await holds(
      fc.uint8Array({ maxLength: 300 }),
      async (bytes) => {
        const { status } = await send(Buffer.from(bytes), 'edge');
        expect(status).toBe(400);
      },
      100,
    );
  });
});
