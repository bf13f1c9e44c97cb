import { afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, type INestApplication, Module, Post, type Type } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ProblemFilter } from '../common/problem.filter.js';
import { AppConfigModule } from '../config/config.module.js';
import { Public } from './public.decorator.js';
import { Secured } from './secured.decorator.js';

const WRITER = 'writer-secret-0001';
const READER = 'reader-secret-0001';
const OWNER = 'owner-secret-00001';
const API_KEYS = `crm:${WRITER}:audience:write,report:${READER}:audience:read,ops:${OWNER}`;

@Controller()
class DoorController {
  @Post('write')
  @Secured('audience:write')
  write() {
    return { done: 'write' };
  }

  @Get('read')
  @Secured('audience:read')
  read() {
    return { done: 'read' };
  }

  @Get('bare')
  bare() {
    return { done: 'bare' };
  }

  @Get('open')
  @Public()
  open() {
    return { done: 'open' };
  }
}

@Module({})
class DoorModule {}

describe('API keys over HTTP', () => {
  let AuthModule: Type;
  let app: INestApplication | undefined;

  // Jest cannot load the throttler, a CommonJS package, while the ES module @nestjs/common is still being linked.
  beforeAll(async () => {
    ({ AuthModule } = await import('./auth.module.js'));
  });

  afterEach(async () => {
    await app?.close();
    app = undefined;
  });

  async function start(env: Record<string, string>): Promise<string> {
    const imports = [AppConfigModule.register({ env, providers: [] }), AuthModule];
    app = await NestFactory.create({ module: DoorModule, imports, controllers: [DoorController] }, { logger: false });
    app.useGlobalFilters(new ProblemFilter(app.get(HttpAdapterHost)));
    await app.listen(0, '127.0.0.1');
    return app.getUrl();
  }

  const bearer = (secret: string) => ({ headers: { Authorization: `Bearer ${secret}` } });

  it('lets a key in by either header', async () => {
    const url = await start({ API_KEYS });
    expect((await fetch(`${url}/read`, bearer(READER))).status).toBe(200);
    expect((await fetch(`${url}/read`, { headers: { 'X-API-Key': READER } })).status).toBe(200);
    expect((await fetch(`${url}/read`, { headers: { Authorization: `bearer ${READER}` } })).status).toBe(200);
  });

  it('answers 401 with a challenge when no key comes', async () => {
    const url = await start({ API_KEYS });
    const answer = await fetch(`${url}/read`);
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="audience-api"');
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(await answer.json()).toMatchObject({ success: false, status: 401, code: 'unauthorized' });
  });

  it.each([`${READER}x`, READER.slice(0, -1), READER.toUpperCase()])('answers 401 to %s', async (secret) => {
    const url = await start({ API_KEYS });
    const answer = await fetch(`${url}/read`, bearer(secret));
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="audience-api", error="invalid_token"');
    expect(await answer.text()).not.toContain(secret);
  });

  it('answers 403 to a key of another scope, naming the one it lacks', async () => {
    const url = await start({ API_KEYS });
    const answer = await fetch(`${url}/write`, { method: 'POST', ...bearer(READER) });
    expect(answer.status).toBe(403);
    expect(answer.headers.get('www-authenticate')).toContain('scope="audience:write"');
    expect(await answer.json()).toMatchObject({
      code: 'forbidden',
      detail: 'The API key lacks the scope audience:write',
    });
  });

  it('takes admin for every scope', async () => {
    const url = await start({ API_KEYS: `ops:${OWNER}:admin` });
    expect((await fetch(`${url}/write`, { method: 'POST', ...bearer(OWNER) })).status).toBe(201);
    expect((await fetch(`${url}/read`, bearer(OWNER))).status).toBe(200);
  });

  it('keeps a handler that names no scope for admin', async () => {
    const url = await start({ API_KEYS });
    expect((await fetch(`${url}/bare`, bearer(READER))).status).toBe(403);
    expect((await fetch(`${url}/bare`, bearer(OWNER))).status).toBe(200);
  });

  it('needs no key where the handler is public, nor without configured keys', async () => {
    expect((await fetch(`${await start({ API_KEYS })}/open`)).status).toBe(200);
    await app?.close();
    expect((await fetch(`${await start({})}/read`)).status).toBe(200);
  });

  it('counts calls by key over all handlers, and answers 429 with Retry-After', async () => {
    const url = await start({ API_KEYS, RATE_LIMIT_PER_MINUTE: '2' });
    expect((await fetch(`${url}/read`, bearer(OWNER))).status).toBe(200);
    expect((await fetch(`${url}/bare`, bearer(OWNER))).status).toBe(200);
    const answer = await fetch(`${url}/read`, bearer(OWNER));
    expect(answer.status).toBe(429);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(await answer.json()).toMatchObject({ code: 'rate-limited', success: false });
    expect((await fetch(`${url}/read`, bearer(READER))).status).toBe(200);
  });

  it('slows down the guessing of keys, and leaves public handlers alone', async () => {
    const url = await start({ API_KEYS, RATE_LIMIT_PER_MINUTE: '2' });
    const guesses = ['a', 'b', 'c'].map((end) => fetch(`${url}/read`, bearer(`wrong-secret-0000${end}`)));
    const statuses = (await Promise.all(guesses)).map(({ status }) => status);
    expect(statuses.sort()).toEqual([401, 401, 429]);
    expect((await fetch(`${url}/open`)).status).toBe(200);
  });
});
