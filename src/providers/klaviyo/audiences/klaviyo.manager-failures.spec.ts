import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import type { Fault } from '../../../sandbox/fault.js';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import type { AudienceFacts, ManagementContext } from '../../contract/audience-manager.js';
import { ProviderError } from '../../contract/provider-errors.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { KlaviyoTag } from '../klaviyo.config.js';
import type { KlaviyoRow } from '../klaviyo.profile.js';
import { KlaviyoManager } from './klaviyo.manager.js';

const KEY = 'pk_0123456789abcdef0123456789abcdef01';
const NOW = new Date('2026-11-21T12:00:00Z');
const FACTS: AudienceFacts = {
  type: 'customer-list',
  now: NOW,
  createdAt: NOW,
  lastUploadAt: null,
  uploadedRecords: null,
  isUploading: false,
  hasFailed: false,
};
const UNNAMED = { firstName: '', lastName: '', location: '', zip: '' };
const NOTHING = { ...UNNAMED, phone: '', edgeTagId: '', profit: '', total7Days: '', currency: '' };
const ZEBULON: KlaviyoRow = { ...NOTHING, email: 'zebulon@example.com' };

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(async () => {
  http = new PlatformHttp(new HttpService());
  sandbox = await startSandbox({ klaviyo: { rateLimits: false } });
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

/** Each thing that a manager does. */
const CALLS: readonly (readonly [string, (manager: KlaviyoManager, ctx: ManagementContext) => Promise<unknown>])[] = [
  ['read', (manager, ctx) => manager.read('VAnKig', FACTS, ctx)],
  ['update', (manager, ctx) => manager.update('VAnKig', { name: 'New' }, ctx)],
  ['delete', (manager, ctx) => manager.delete('VAnKig', ctx)],
  ['erase', (manager, ctx) => manager.erase([ZEBULON], ctx)],
];

const FAILURES: readonly (readonly [fault: Fault, code: string, change: object])[] = [
  [{ kind: 'rate-limit', retryAfterSeconds: 4 }, 'rate-limited', { retryAfterMs: 4_000 }],
  [{ kind: 'error', code: 500 }, 'platform-unavailable', {}],
  [{ kind: 'status', status: 502, body: '<html>Bad gateway</html>' }, 'platform-unavailable', {}],
  [{ kind: 'status', status: 200, body: '<html>Hello</html>' }, 'platform-unavailable', {}],
  [{ kind: 'drop' }, 'platform-unavailable', {}],
  [{ kind: 'timeout' }, 'platform-unavailable', {}],
  [{ kind: 'error', code: 401 }, 'credentials-rejected', {}],
  [{ kind: 'error', code: 403 }, 'permission-denied', {}],
  [{ kind: 'error', code: 410 }, 'request-rejected', {}],
];

function managerWith(timeoutMs?: number): KlaviyoManager {
  const tag = Object.assign(new KlaviyoTag(), { apiKey: KEY, baseUrl: sandbox.klaviyo.origin });
  return new KlaviyoManager(tag, http, { timeoutMs });
}

describe.each(CALLS)('KlaviyoManager.%s', (name, call) => {
  // An erasure is answered without a body, so no body of a 200 is wrong.
  const failures = FAILURES.filter(([fault]) => name !== 'erase' || fault.kind !== 'status' || fault.status !== 200);

  it.each(failures)('tells %j as %s', async (fault, code, change) => {
    sandbox.klaviyo.addFaults(fault);
    const manager = managerWith(fault.kind === 'timeout' ? 150 : undefined);
    const error: unknown = await call(manager, { signal: new AbortController().signal }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(ProviderError);
    expect(error).toMatchObject({ code, ...change });
    expect(String(error)).not.toMatch(new RegExp(`${KEY}|zebulon`));
  });

  it('stops when the caller has gone', async () => {
    sandbox.klaviyo.addFaults({ kind: 'timeout' });
    const ctx = { signal: AbortSignal.timeout(50) };
    await expect(call(managerWith(), ctx)).rejects.toMatchObject({ code: 'platform-unavailable' });
  });

  it.each([
    ['revoked', 'credentials-rejected'],
    ['no-scopes', 'permission-denied'],
  ])('tells a key that is %s as %s', async (state, code) => {
    sandbox.klaviyo.setToken(KEY, state);
    const work = call(managerWith(), { signal: new AbortController().signal });
    await expect(work).rejects.toMatchObject({ code, retryable: false });
  });
});
