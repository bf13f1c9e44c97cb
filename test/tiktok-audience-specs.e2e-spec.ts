import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import type { CreateContext } from '../src/providers/contract/audience-provider.js';
import { PlatformHttp } from '../src/providers/kit/platform-http.js';
import { TikTokManager } from '../src/providers/tiktok/audiences/tiktok.manager.js';
import { TikTokClient } from '../src/providers/tiktok/tiktok.client.js';
import { TikTokTag } from '../src/providers/tiktok/tiktok.config.js';
import { type Sandbox, startSandbox } from '../src/sandbox/sandbox.js';
import { OpenApiRequests } from './support/openapi-requests.js';

/** TikTok's own description lies beside the project, not in it. */
const SPECS = resolve(import.meta.dirname, '../../shared/platforms/specs/tiktok');
const isThere = existsSync(SPECS);
if (!isThere) process.stderr.write('TikTok’s own YAML files are not here: requests are not held against them.\n');

const BASE = '/open_api/v1.3';
const signal = new AbortController().signal;
const ctx: CreateContext<never> = { deliveryId: 'd1', signal, audienceType: 'custom', firstChunk: [] };

(isThere ? describe : describe.skip)('what is asked of TikTok for its audiences, held against its YAML files', () => {
  let sandbox: Sandbox;
  const http = new PlatformHttp(new HttpService());

  beforeAll(async () => {
    sandbox = await startSandbox({ tiktok: { processingMs: 0, renameSegments: true } });
    const settings = { accessToken: 'tok_abc', advertiserId: '7170000000000000001', baseUrl: sandbox.tiktok.origin };
    const tag = Object.assign(new TikTokTag(), settings);
    const { id } = await new TikTokClient(tag, http).createAudience('Buyers', ctx);
    sandbox.tiktok.patchAudience(id, { coverNum: 1_000 });
    const manager = new TikTokManager(tag, http);
    await manager.uses(id, ctx);
    await manager.update(id, { name: 'Spring' }, ctx);
    await manager.share(id, { accounts: ['7180000000000000002'], permission: 'read' }, ctx);
    const like = await manager.createLookalike(id, { name: 'Like', countries: ['US'], reach: 'narrow' }, ctx);
    const rules = { name: 'Visitors', retentionDays: 30, pixel: '7001' } as const;
    const url = { operator: 'contains', value: '/shoes' } as const;
    await manager.createFromRules({ ...rules, type: 'website-traffic', websiteRules: [{ url }] }, ctx);
    await manager.createFromRules({ ...rules, type: 'engagement', engagementType: 'lead-form' }, ctx);
    await manager.delete(like.id, ctx);
  });
  afterAll(async () => {
    http.onApplicationShutdown();
    await sandbox.stop();
  });

  it('is as described, every request but those that create segments, which no file describes', () => {
    const { requests } = sandbox.tiktok.requests({ path: `${BASE}/dmp/*` });
    expect(new Set(requests.map(({ path }) => path.slice(`${BASE}/dmp/custom_audience`.length)))).toEqual(
      new Set([
        '/apply/log/',
        '/update/',
        '/share/log/',
        '/share/',
        '/list/',
        '/lookalike/create/',
        '/rule/create/',
        '/get/',
        '/delete/',
      ]),
    );
    const files = readdirSync(SPECS).filter((file) => file.startsWith('dmp_custom_audience_'));
    const paths = files.map((file) => (parse(readFileSync(join(SPECS, file), 'utf8')) as { paths: object }).paths);
    const described = new OpenApiRequests({ paths: Object.assign({}, ...paths) as never }, BASE);
    expect(requests.flatMap((request) => described.problems(request))).toEqual([]);
  });
});
