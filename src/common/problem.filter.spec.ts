import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import {
  Controller,
  Get,
  type INestApplication,
  Logger,
  type MiddlewareConsumer,
  Module,
  type NestModule,
  Param,
  ParseUUIDPipe,
  Post,
  ServiceUnavailableException,
} from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ProblemException } from './problem.exception.js';
import { ProblemFilter } from './problem.filter.js';
import { requestId } from './http/request-id.js';

@Controller('things')
class ThingsController {
  @Get(':id')
  find(@Param('id') id: string) {
    if (id === 'here') return { id };
    throw new ProblemException(404, 'thing-not-found', 'There is no thing with this id');
  }

  @Post(':id')
  change(@Param('id', ParseUUIDPipe) id: string) {
    return { id };
  }

  @Post()
  create() {
    const errors = [{ provider: 'acme', retryable: true }];
    throw new ProblemException(502, 'delivery-failed', 'No', { errors, results: [], headers: { Location: '/x' } });
  }
}

@Controller()
class TroubleController {
  @Get('crash')
  crash() {
    throw new TypeError('ann@example.com is no number');
  }

  @Get('ready')
  ready() {
    throw new ServiceUnavailableException({ status: 'error', details: { database: { status: 'down' } } });
  }
}

@Module({ controllers: [ThingsController, TroubleController] })
class ThingsModule implements NestModule {
  // Mounted on every path and method, as a route: it must not count as one.
  configure(consumer: MiddlewareConsumer) {
    consumer.apply(requestId).forRoutes('*path');
  }
}

describe('ProblemFilter', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(ThingsModule, { logger: false });
    app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost)));
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(() => app.close());

  async function problem(path: string, init?: RequestInit) {
    const answer = await fetch(url + path, init);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    return { answer, body: (await answer.json()) as Record<string, unknown> };
  }

  it('answers our own problems whole', async () => {
    const { answer, body } = await problem('/things', { method: 'POST', headers: { 'X-Request-Id': 'call-7' } });
    expect(answer.status).toBe(502);
    expect(answer.headers.get('location')).toBe('/x');
    expect(body).toEqual({
      type: 'urn:audience-api:problem:delivery-failed',
      title: 'Bad Gateway',
      status: 502,
      code: 'delivery-failed',
      detail: 'No',
      errors: [{ provider: 'acme', retryable: true }],
      results: [],
      requestId: 'call-7',
      success: false,
    });
  });

  it('answers 404 where there is nothing, without repeating the address', async () => {
    const { answer, body } = await problem('/nothing/ann@example.com?email=ann@example.com');
    expect(answer.status).toBe(404);
    expect(body).toMatchObject({ code: 'not-found', success: false });
    expect(JSON.stringify(body)).not.toContain('ann@');
  });

  it.each([
    ['DELETE', '/things/here', 'GET, HEAD, POST'],
    ['PUT', '/things', 'POST'],
    ['GET', '/things/', 'POST'],
    ['POST', '/crash', 'GET, HEAD'],
  ])('answers 405 to %s %s, with what the path takes', async (method, path, allow) => {
    const { answer, body } = await problem(path, { method });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe(allow);
    expect(body).toMatchObject({ code: 'method-not-allowed' });
  });

  it('leaves a 404 of the handler itself alone', async () => {
    const { answer, body } = await problem('/things/gone');
    expect(answer.status).toBe(404);
    expect(body).toMatchObject({ code: 'thing-not-found', detail: 'There is no thing with this id' });
  });

  it('answers 500 with an id alone, which the log repeats without the message', async () => {
    const log = jest.spyOn(Logger.prototype, 'error').mockImplementation(() => undefined);
    const { answer, body } = await problem('/crash', { headers: { 'X-Request-Id': 'crash-1' } });
    expect(answer.status).toBe(500);
    expect(body).toMatchObject({ code: 'internal-error', requestId: 'crash-1' });
    expect(JSON.stringify(body)).not.toContain('ann@');
    const line = String(log.mock.calls[0]?.[0]);
    log.mockRestore();
    expect(line).toMatch(/crash-1.*TypeError/);
    expect(line).toContain('problem.filter.spec');
    expect(line).not.toContain('ann@');
  });

  it.each([
    ['a parameter of the wrong form', '/things/ann@example.com', 'POST', undefined],
    ['an address that cannot be decoded', '/things/%FFann', 'GET', undefined],
    ['a body that is not JSON', '/things', 'POST', 'ann@example.com'],
  ])('answers 400 to %s, without repeating it', async (_, path, method, sent) => {
    const { answer, body } = await problem(path, {
      method,
      body: sent,
      headers: { 'Content-Type': 'application/json' },
    });
    expect(answer.status).toBe(400);
    expect(JSON.stringify(body)).not.toContain('ann');
  });

  it('answers 413 to a body larger than the framework takes', async () => {
    const headers = { 'Content-Type': 'application/json' };
    const { answer, body } = await problem('/things', { method: 'POST', headers, body: `"${'x'.repeat(200_000)}"` });
    expect(answer.status).toBe(413);
    expect(body).toMatchObject({ code: 'payload-too-large' });
  });

  it('tells which part of a health check is down', async () => {
    const { answer, body } = await problem('/ready');
    expect(answer.status).toBe(503);
    expect(body).toMatchObject({ code: 'unavailable', details: { database: { status: 'down' } } });
  });
});

describe('requestId', () => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(ThingsModule, { logger: false });
    await app.listen(0, '127.0.0.1');
    url = await app.getUrl();
  });

  afterAll(() => app.close());

  async function idGivenTo(offered: string): Promise<string | null> {
    const answer = await fetch(`${url}/things/here`, { headers: { 'X-Request-Id': offered } });
    return answer.headers.get('x-request-id');
  }

  it('keeps the id of the caller', async () => {
    expect(await idGivenTo('batch_1.a-B')).toBe('batch_1.a-B');
  });

  it.each(['two words', 'a'.repeat(65), 'ann@example.com', '{}'])('replaces %s', async (offered) => {
    expect(await idGivenTo(offered)).toMatch(/^[0-9a-f-]{36}$/);
  });
});
