import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, type INestApplication, Module, Post, Query } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { IsArray, IsOptional, IsString } from 'class-validator';
import { AppConfigModule } from '../config/config.module.js';
import { MultipartJson } from './multipart-json.js';
import { ProblemFilter } from './problem.filter.js';

const MAX_BODY_BYTES = 4 * 1024 * 1024;

class NoteDto {
  @IsString()
  title!: string;

  @IsOptional()
  info?: unknown;

  @IsArray()
  lines!: unknown[];
}

class NoteQueryDto {
  @IsOptional()
  @IsString()
  mode?: string;
}

@Controller('notes')
class NotesController {
  @Post()
  @MultipartJson({
    body: NoteDto,
    query: NoteQueryDto,
    parts: {
      title: { as: 'text', maxBytes: 100 },
      info: { as: 'json', maxBytes: 100 },
      lines: { as: 'array', maxItems: (config) => config.maxUsersPerBatch },
    },
  })
  create(@Body() note: NoteDto, @Query() query: NoteQueryDto) {
    const isBuilt = note instanceof NoteDto && query instanceof NoteQueryDto;
    const { title, info, lines } = note;
    return { isBuilt, title, info, lines, mode: query.mode };
  }
}

@Module({})
class NotesModule {}

type Part = readonly [headers: string, value: string | Buffer];

describe('MultipartJson', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    const env = { MAX_BODY_BYTES: String(MAX_BODY_BYTES), MAX_USERS_PER_BATCH: '3' };
    const root = { module: NotesModule, imports: [AppConfigModule.register({ env, providers: [] })] };
    app = await NestFactory.create({ ...root, controllers: [NotesController] }, { logger: false, bodyParser: false });
    app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost)));
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/notes`;
  });

  afterAll(() => app.close());

  const text = (name: string, value: string | Buffer): Part => [`form-data; name="${name}"`, value];
  const good: readonly Part[] = [text('title', 'Tëst'), text('lines', '["é",2]')];

  async function send(parts: readonly Part[], query = '') {
    const pieces = parts.flatMap(([disposition, value]) => [
      Buffer.from(`--edge\r\nContent-Disposition: ${disposition}\r\n\r\n`),
      Buffer.from(value),
      Buffer.from('\r\n'),
    ]);
    const body = Buffer.concat([...pieces, Buffer.from('--edge--\r\n')]);
    return post(body, 'multipart/form-data; boundary=edge', query);
  }

  async function post(body: Buffer, type: string, query = '', encoding = 'identity') {
    const headers = { 'Content-Type': type, 'Content-Encoding': encoding };
    const answer = await fetch(url + query, { method: 'POST', body, headers });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it.each([
    ['text fields', good],
    ['files of any name', [good[0]!, ['form-data; name="lines"; filename="blob"', '["é",2]']]],
    [
      'files without a name',
      [good[0]!, ['form-data; name="lines"\r\nContent-Type: application/octet-stream', '["é",2]']],
    ],
    [
      'text with a charset',
      [good[0]!, ['form-data; name="lines"\r\nContent-Type: text/plain; charset=utf-8', '["é",2]']],
    ],
    [
      'text of Latin-1',
      [
        good[0]!,
        ['form-data; name="lines"\r\nContent-Type: text/plain; charset=latin1', Buffer.from('["é",2]', 'latin1')],
      ],
    ],
    ['a byte order mark', [good[0]!, ['form-data; name="lines"; filename="a.json"', '\ufeff["é",2]']]],
  ] as readonly [string, readonly Part[]][])('takes %s', async (_, parts) => {
    const { status, body } = await send(parts);
    expect(status).toBe(201);
    expect(body).toMatchObject({ isBuilt: true, title: 'Tëst', lines: ['é', 2] });
  });

  it('takes a field far above the parser’s own limit', async () => {
    const lines = JSON.stringify(['x'.repeat(3 * 1024 * 1024)]);
    expect((await send([good[0]!, text('lines', lines)])).status).toBe(201);
  });

  it('ignores parts it does not know', async () => {
    const extra: Part[] = [text('other', 'x'), text('deep[a][b]', 'x'), ['form-data; name="f"; filename="f"', '\xff']];
    expect((await send([...good, ...extra])).status).toBe(201);
  });

  it('lists every mistake of all parts and the query together', async () => {
    const parts = [text('title', 'a'), text('title', 'b'), text('info', '{"a":nope}'), text('lines', '{}')];
    const { status, body } = await send(parts, '?mode=a&mode=b');
    expect(status).toBe(400);
    expect(body).toMatchObject({ code: 'invalid-request', errorsTotal: 4, success: false });
    expect(body.errors).toEqual([
      { field: 'title', message: 'must be one part, of exactly this name' },
      { field: 'info', message: 'is not valid JSON at line 1, column 6' },
      { field: 'lines', message: 'must be an array' },
      { field: 'mode', message: 'must be a string' },
    ]);
  });

  it.each<[string, Part[], string]>([
    ['text and file', [text('lines', '[]'), ['form-data; name="lines"; filename="x"', '[]']], 'must come once'],
    ['two files', Array<Part>(2).fill(['form-data; name="lines"; filename="x"', '[]']), 'must come once'],
    ['brackets', [text('lines[0]', '"a"')], 'must be one part, of exactly this name'],
    ['an empty part', [text('lines', '')], 'is required'],
    ['no part', [], 'is required'],
    ['too many entries', [text('lines', '[1,2,3,4]')], 'must have at most 3 entries'],
    ['too many values', [text('lines', `[[${'1,'.repeat(10_000)}1]]`)], 'must hold at most 10000 values'],
    ['broken UTF-8 as text', [text('lines', Buffer.from([0x5b, 0x22, 0xe9, 0x22, 0x5d]))], 'must be UTF-8'],
    [
      'broken UTF-8 as file',
      [['form-data; name="lines"; filename="x"', Buffer.from([0x5b, 0x22, 0xff, 0x22, 0x5d])]],
      'must be UTF-8',
    ],
  ])('refuses %s', async (_, parts, message) => {
    const { status, body } = await send([good[0]!, ...parts]);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'lines', message }]);
  });

  it('takes the replacement character where it is what came', async () => {
    expect((await send([good[0]!, text('lines', '["\ufffd"]')])).body).toMatchObject({ lines: ['\ufffd'] });
  });

  it('never repeats what it refuses', async () => {
    const { body } = await send([
      text('title', 'Ann Secret'),
      text('title', 'x'),
      text('lines', '["Ann Secret", Secret]'),
    ]);
    expect(JSON.stringify(body)).not.toMatch(/Secret/);
  });

  it.each([
    ['cut off', '--edge\r\nContent-Disposition: form-data; name="title"\r\n\r\nhalf', 'boundary=edge'],
    ['without a boundary', 'nothing', ''],
    ['empty', '', 'boundary=edge'],
    [
      'with too many parts',
      '--edge\r\nContent-Disposition: form-data; name="x"\r\n\r\n\r\n'.repeat(40) + '--edge--',
      'boundary=edge',
    ],
    ['with a part of no name', '--edge\r\nContent-Disposition: form-data\r\n\r\nx\r\n--edge--', 'boundary=edge'],
    [
      'with an endless name',
      `--edge\r\nContent-Disposition: form-data; name="${'n'.repeat(101)}"\r\n\r\nx\r\n--edge--`,
      'boundary=edge',
    ],
  ])('answers 400 to a form %s', async (_, raw, parameter) => {
    const { status, body } = await post(Buffer.from(raw), `multipart/form-data; ${parameter}`);
    expect(status).toBe(400);
    expect(body.code).toMatch(/malformed-form|invalid-request/);
  });

  it.each(['application/json', 'text/plain', 'multipart/mixed; boundary=edge', 'multipart/form-database'])(
    'answers 415 to %s',
    async (type) => {
      const { status, body } = await post(Buffer.from('{"title":'), type);
      expect(status).toBe(415);
      expect(body).toMatchObject({ code: 'unsupported-media-type', success: false });
    },
  );

  it.each(['gzip', 'br', 'GZIP', 'identity, gzip', 'nonsense'])('answers 415 to a body in %s', async (encoding) => {
    const { status, body } = await post(Buffer.from('--edge--'), 'multipart/form-data; boundary=edge', '', encoding);
    expect([status, body.detail]).toEqual([415, 'The body must come without a Content-Encoding']);
  });

  it.each(['boundary="edge', ';;;=; boundary=edge', 'boundary=', 'a b; boundary=edge'])(
    'says that it cannot read the type with %s',
    async (parameter) => {
      const { status, body } = await post(Buffer.from('--edge--'), `multipart/form-data; ${parameter}`);
      expect([status, body.detail]).toEqual([400, 'The Content-Type header cannot be read']);
    },
  );

  it('answers 413 to a part above its own limit', async () => {
    const { status, body } = await send([text('title', 'x'.repeat(101)), good[1]!]);
    expect(status).toBe(413);
    expect(body.detail).toBe('The part title may hold at most 100 bytes');
  });

  it('answers 413 to a body that says it is too large', async () => {
    const { status, body } = await send([good[0]!, text('lines', 'x'.repeat(MAX_BODY_BYTES))]);
    expect(status).toBe(413);
    expect(body).toMatchObject({ code: 'payload-too-large' });
  });

  it('answers 413 to an endless body as soon as it is too large', async () => {
    const headers = { 'Content-Type': 'multipart/form-data; boundary=edge' };
    const status = await new Promise<number | undefined>((resolve, reject) => {
      const call = request(url, { method: 'POST', headers });
      call.on('response', (answer) => {
        clearInterval(feed);
        resolve(answer.statusCode);
        call.destroy();
      });
      call.on('error', reject);
      call.write('--edge\r\nContent-Disposition: form-data; name="lines"\r\n\r\n');
      const feed = setInterval(() => call.write(Buffer.alloc(512 * 1024, 0x20)), 5);
    });
    expect(status).toBe(413);
  });
});
