import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, type INestApplication, Module, Post, Query } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { DtoValidationPipe } from '../../common/dto-validation.pipe.js';
import { MultipartJson } from '../../common/multipart-json.js';
import { ProblemFilter } from '../../common/problem.filter.js';
import { AppConfigModule } from '../../config/config.module.js';
import { AudienceFormDto } from './audience-form.dto.js';
import { PREVIEW_FORM } from '../preview/dto/preview-form.js';
import { UploadOptionsDto } from './upload-options.dto.js';

const BATCH = { sessionId: 1795200000, sequence: 1, totalBatches: 2, totalUsers: 3 };
const USERS = '[ {"email":"ann@example.com"} ]';

@Controller('audience')
class EchoController {
  @Post()
  @MultipartJson({ ...PREVIEW_FORM, query: UploadOptionsDto })
  echo(@Body() upload: AudienceFormDto, @Query() options: UploadOptionsDto) {
    return { ...upload, options };
  }
}

@Module({})
class EchoModule {}

describe('the form of POST /audience', () => {
  let app: INestApplication;
  let url: string;
  let document: OpenAPIObject;

  beforeAll(async () => {
    const imports = [AppConfigModule.register({ env: { MAX_USERS_PER_BATCH: '5' }, providers: [] })];
    const root = { module: EchoModule, imports, controllers: [EchoController] };
    app = await NestFactory.create(root, { logger: false, bodyParser: false });
    app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost)));
    app.useGlobalPipes(new DtoValidationPipe());
    document = SwaggerModule.createDocument(app, new DocumentBuilder().build());
    await app.listen(0, '127.0.0.1');
    url = `${await app.getUrl()}/audience`;
  });

  afterAll(() => app.close());

  async function send(parts: Readonly<Record<string, string | undefined>>, query = '') {
    const form = new FormData();
    for (const [name, value] of Object.entries({
      name: 'Buyers',
      batch: JSON.stringify(BATCH),
      users: USERS,
      ...parts,
    })) {
      if (value !== undefined) form.set(name, value);
    }
    const answer = await fetch(url + query, { method: 'POST', body: form });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  const withBatch = (change: object) => ({ batch: JSON.stringify({ ...BATCH, ...change }) });

  it('fills in what is optional', async () => {
    expect(await send({ name: '  Ünï / 名前 ' })).toEqual({
      status: 201,
      body: {
        name: '  Ünï / 名前 ',
        type: 'custom',
        batch: BATCH,
        users: [{ email: 'ann@example.com' }],
        options: { disablePrefix: false, sync: false, skipInvalid: false, mode: 'append' },
      },
    });
  });

  it('reads what is given', async () => {
    const batch = withBatch({ sequence: 0, sessionId: Number.MAX_SAFE_INTEGER, pullDate: '2028-02-29', more: [1] });
    const { body } = await send(
      { type: 'primary', ...batch },
      '?sync=true&disablePrefix=false&channels=facebook, x/eu-1,x/eu-1',
    );
    expect(body).toMatchObject({
      type: 'primary',
      batch: { sequence: 0, sessionId: Number.MAX_SAFE_INTEGER, pullDate: '2028-02-29' },
      options: { sync: true, disablePrefix: false, channels: ['facebook', 'x/eu-1'] },
    });
  });

  it('takes empty options and a null date for absent ones', async () => {
    const { status, body } = await send({ type: '', ...withBatch({ pullDate: null }) }, '?sync=&disablePrefix=');
    expect(status).toBe(201);
    expect(body).toMatchObject({ type: 'custom', batch: BATCH, options: { sync: false, disablePrefix: false } });
  });

  it.each<[string, string | undefined, string]>([
    ['no name', undefined, 'is required'],
    ['an empty name', '', 'is required'],
    ['a blank name', ' \u00a0 ', 'must not be blank'],
    ['a name that PostgreSQL cannot store', 'a\0b', 'must not hold control characters'],
    ['a name of two lines', 'a\nb', 'must not hold control characters'],
    ['a long name', 'n'.repeat(201), 'must have at most 200 characters'],
  ])('refuses %s', async (_, name, message) => {
    const { status, body } = await send({ name });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'name', message }]);
  });

  it.each<[object, string, string]>([
    [{ sessionId: undefined }, 'sessionId', 'is required'],
    [{ sessionId: '1' }, 'sessionId', 'must be a whole number from 0 to 9007199254740991'],
    [{ sessionId: -1 }, 'sessionId', 'must be a whole number from 0 to 9007199254740991'],
    [{ sessionId: 2 ** 53 }, 'sessionId', 'must be a whole number from 0 to 9007199254740991'],
    [{ sequence: 1.5 }, 'sequence', 'must be a whole number from 0 to 1000000'],
    [{ sequence: 3 }, 'sequence', 'must be at most totalBatches'],
    [{ sequence: null }, 'sequence', 'must be a whole number from 0 to 1000000'],
    [{ totalBatches: -1 }, 'totalBatches', 'must be a whole number from 1 to 1000000'],
    [{ totalBatches: 1_000_001 }, 'totalBatches', 'must be a whole number from 1 to 1000000'],
    [{ totalUsers: [[3]] }, 'totalUsers', 'must be a whole number from 0 to 9007199254740991'],
    [{ pullDate: '2026-02-30' }, 'pullDate', 'must be a real date, YYYY-MM-DD'],
    [{ pullDate: '2026-2-3' }, 'pullDate', 'must be a real date, YYYY-MM-DD'],
    [{ pullDate: '' }, 'pullDate', 'must be a real date, YYYY-MM-DD'],
    [{ pullDate: 20260203 }, 'pullDate', 'must be a real date, YYYY-MM-DD'],
  ])('refuses a batch with %j', async (change, field, message) => {
    const { status, body } = await send(withBatch(change));
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: `batch.${field}`, message }]);
  });

  it.each(['[]', '[1]', '5', '"text"', 'null', '[{"sessionId":1}]'])('refuses the batch %s', async (batch) => {
    const { status, body } = await send({ batch });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'batch', message: 'must be a JSON object' }]);
  });

  it('refuses a batch nested as deep as its size allows', async () => {
    const deep = `{"sequence":${'['.repeat(2_000)}${']'.repeat(2_000)}}`;
    const { status, body } = await send({ batch: deep });
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'batch', message: 'must not be nested deeper than 10 levels' }]);
  });

  it.each([
    ['?sync=yes', 'sync', 'must be true or false'],
    ['?disablePrefix=1', 'disablePrefix', 'must be true or false'],
    ['?sync=true&sync=true', 'sync', 'must be true or false'],
    ['?channels=', 'channels', 'must be provider ids or provider/tag, separated by commas'],
    ['?channels=a,', 'channels', 'must be provider ids or provider/tag, separated by commas'],
    ['?channels=a/b/c', 'channels', 'must be provider ids or provider/tag, separated by commas'],
    ['?channels=Ann%20Example', 'channels', 'must be provider ids or provider/tag, separated by commas'],
  ])('refuses %s', async (query, field, message) => {
    const { status, body } = await send({}, query);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field, message }]);
  });

  it('lists the mistakes of all parts and the query together, the first 20 and a total', async () => {
    const users = JSON.stringify(
      Array.from({ length: 4 }, () => ({ email: 1, phone: 1, country: 1, firstName: 1, lastName: 1 })),
    );
    const { status, body } = await send({ name: undefined, type: 'other', batch: '{"sequence":-1}', users }, '?sync=x');
    expect(status).toBe(400);
    expect(body).toMatchObject({ detail: 'The request has 27 mistakes; nothing was stored', errorsTotal: 27 });
    const fields = (body.errors as { field: string }[]).map(({ field }) => field);
    expect(fields).toHaveLength(20);
    expect(fields.slice(0, 7)).toEqual([
      'name',
      'type',
      'batch.sessionId',
      'batch.sequence',
      'batch.totalBatches',
      'batch.totalUsers',
      'users[0].email',
    ]);
  });

  it.each(['[]', '{}', '"x"', '[{}, 1]', '[{},{},{},{},{},{}]'])('refuses the users %s', async (users) => {
    expect((await send({ users })).status).toBe(400);
  });

  it('never repeats a value', async () => {
    const secret = 'ann.secret@example.com';
    const { body } = await send(
      {
        name: `${secret}\n`,
        type: secret,
        batch: JSON.stringify({ sessionId: secret, pullDate: secret }),
        users: JSON.stringify([{ email: [secret] }, secret]),
      },
      `?sync=${secret}&channels=${secret}`,
    );
    expect(body.errorsTotal).toBe(11);
    expect(JSON.stringify(body)).not.toContain('ann.secret');
  });

  it('is documented with examples that work as they stand', async () => {
    const operation = document.paths['/audience']?.post;
    const content = (operation?.requestBody as { content: Record<string, { encoding: unknown }> }).content;
    expect(content['multipart/form-data']?.encoding).toEqual({
      batch: { contentType: 'application/json' },
      users: { contentType: 'application/json' },
    });
    const schema = document.components?.schemas?.AudienceFormDto as unknown as {
      properties: Record<string, { example?: unknown; type?: string; items?: unknown }>;
      required: string[];
    };
    expect(schema.required.sort()).toEqual(['batch', 'name', 'users']);
    expect(Object.keys(schema.properties).sort()).toEqual(['batch', 'name', 'type', 'users']);
    expect(schema.properties.users).toMatchObject({
      type: 'array',
      items: { $ref: '#/components/schemas/AudienceUserDto' },
    });
    const form = new FormData();
    for (const [name, { example }] of Object.entries(schema.properties)) {
      const isText = typeof example === 'string';
      form.set(name, isText ? example : new Blob([JSON.stringify(example)], { type: 'application/json' }));
    }
    const answer = await fetch(url, { method: 'POST', body: form });
    expect(answer.status).toBe(201);
    expect(await answer.json()).toMatchObject({ name: 'Newsletter', batch: { totalUsers: 2 }, users: [{}, {}] });
  });
});
