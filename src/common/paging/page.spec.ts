import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Query } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { DtoValidationPipe } from '../dto-validation.pipe.js';
import { decodeCursor, encodeCursor } from './page-cursor.js';
import { PageQueryDto } from './page.dto.js';
import { ProblemFilter } from '../problem.filter.js';

const CREATED = new Date('2026-11-20T10:00:00.123Z');
const ID = '7f6f8a52-3a0e-4d0c-9f1e-0d8f2f0f7f57';

@Controller()
class PagesController {
  @Get()
  list(@Query() { limit, cursor }: PageQueryDto) {
    return { limit, after: cursor === undefined ? null : decodeCursor(cursor, ['instant', 'uuid', 'integer', 'text']) };
  }
}

@Module({ controllers: [PagesController] })
class PagesModule {}

describe('pages of a list', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(PagesModule, { logger: false });
    app.useGlobalPipes(new DtoValidationPipe());
    app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost)));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(() => app.close());

  async function get(query: string) {
    const answer = await fetch(`${url}/?${query}`);
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  it('begins with 50 entries', async () => {
    expect(await get('')).toEqual({ status: 200, body: { limit: 50, after: null } });
  });

  it('goes on where a cursor says', async () => {
    const cursor = encodeCursor([CREATED, ID, -1, 'email']);
    const after = [CREATED.toISOString(), ID, -1, 'email'];
    expect(await get(`limit=500&cursor=${cursor}`)).toEqual({ status: 200, body: { limit: 500, after } });
  });

  it.each(['limit=0', 'limit=501', 'limit=1.5', 'limit=ten', 'limit=', 'limit=1&limit=2'])(
    'refuses %s',
    async (query) => {
      const { status, body } = await get(query);
      expect(status).toBe(400);
      expect(body.errors).toEqual([{ field: 'limit', message: 'must be a whole number from 1 to 500' }]);
    },
  );

  it.each([
    ['not base64', 'ann@example'],
    ['not JSON', Buffer.from('ann').toString('base64url')],
    ['not a list', Buffer.from('{"length":4}').toString('base64url')],
    ['too short', encodeCursor([CREATED, ID, -1])],
    ['too long', encodeCursor([CREATED, ID, -1, 'a', 'b'])],
    ['no instant', encodeCursor(['2026-02-30T00:00:00.000Z', ID, -1, 'a'])],
    ['no uuid', encodeCursor([CREATED, 'x', -1, 'a'])],
    ['no whole number', encodeCursor([CREATED, ID, 0.5, 'a'])],
    ['with a character that PostgreSQL refuses', encodeCursor([CREATED, ID, 1, 'a\0'])],
  ])('refuses a cursor that is %s', async (_, cursor) => {
    const { status, body } = await get(`cursor=${encodeURIComponent(cursor)}`);
    expect(status).toBe(400);
    expect(body.errors).toEqual([{ field: 'cursor', message: 'must be the nextCursor of an earlier page' }]);
  });
});
