import { describe, expect, it } from '@jest/globals';
import type { AudienceChange, AudienceFacts, AudienceSupport } from '../../src/providers/contract/audience-manager.js';
import type { Receipt, UploadContext } from '../../src/providers/contract/audience-provider.js';
import {
  CUSTOM_AUDIENCE_ACTIONS,
  CUSTOM_AUDIENCE_STATUSES,
} from '../../src/providers/contract/custom-audience-words.js';
import { RequestRejectedError } from '../../src/providers/contract/provider-errors.js';
import { manyUsers } from '../support/service.js';
import { eventually, newSessionId } from '../support/upload.js';
import type { ContractBench } from './describe-provider.js';

const ctx: UploadContext = {
  deliveryId: 'contract',
  signal: new AbortController().signal,
  session: {
    sessionId: newSessionId(),
    audienceType: 'custom',
    batch: 1,
    totalBatches: 1,
    totalUsers: 3,
    chunk: 0,
    ageMinutes: 0,
    last: true,
  },
};

/** What a platform offers for its audiences holds, and what it does to them is done. */
export function describeManaging(bench: ContractBench): void {
  describe('managing', () => {
    describeOffer(bench);
    describeAudiences(bench);
    describeRefusals(bench);
  });
}

const managerOf = ({ provider }: ContractBench) => provider().manager('default');
const offerOf = ({ provider }: ContractBench): AudienceSupport => provider().audiences;

/** What we would know of an audience that three users were sent to. */
function factsOf({ simulator }: ContractBench): AudienceFacts {
  const now = new Date(simulator().now());
  const uploaded = { lastUploadAt: now, uploadedRecords: 3, isUploading: false, hasFailed: false };
  return { type: 'customer-list', now, createdAt: now, ...uploaded };
}

/** An audience of its own with three users in it. */
async function filled({ send, audience }: ContractBench, prefix: string) {
  const users = manyUsers(3, prefix);
  const { status, body, name } = await send(users);
  expect([status, audience(name)]).toMatchObject([200, { memberCount: 3 }]);
  return { id: String(body.results?.[0]?.audienceId), name, users };
}

function describeOffer(bench: ContractBench): void {
  it('says of each action that it lacks, in a sentence, why and what there is instead', () => {
    for (const [action, sentence] of Object.entries(offerOf(bench).lacks)) {
      expect(CUSTOM_AUDIENCE_ACTIONS).toContain(action);
      expect(sentence).toMatch(/^[A-Z].{20,}\.$/s);
    }
  });

  it.each(['update', 'share', 'createLookalike'] as const)('has what %s needs, or says that it lacks it', (action) => {
    const isLacking = Object.hasOwn(offerOf(bench).lacks, action);
    expect([action, typeof managerOf(bench)[action]]).toEqual([action, isLacking ? 'undefined' : 'function']);
  });

  it('can do what it offers, and offers what it can do', () => {
    const { lacks, types, engagementTypes, changes, tells } = offerOf(bench);
    const { createFromRules, uses } = managerOf(bench);
    expect(lacks).not.toHaveProperty('create');
    expect(types).toContain('customer-list');
    expect(types.length > 1).toBe(createFromRules !== undefined);
    expect(types.includes('engagement')).toBe((engagementTypes ?? []).length > 0);
    expect(changes.length > 0).toBe(!Object.hasOwn(lacks, 'update'));
    expect(tells.some((told) => ['campaigns', 'ads', 'exclusions'].includes(told))).toBe(uses !== undefined);
    const canRemove = typeof bench.provider().client('default').remove === 'function';
    expect(canRemove).toBe(!Object.hasOwn(lacks, 'removeUsers'));
    expect(bench.provider().actions.includes('remove')).toBe(canRemove);
  });

  it('tells bounds and a pace that can be kept', () => {
    const { retentionDays, changes, minimumSize, polling, readsPerMinute } = offerOf(bench);
    if (changes.includes('retentionDays')) expect(retentionDays).toBeDefined();
    expect(retentionDays?.min ?? 1).toBeLessThanOrEqual(retentionDays?.max ?? 1);
    expect(minimumSize ?? 1).toBeGreaterThan(0);
    expect(readsPerMinute).toBeGreaterThan(0);
    const ends = polling.map(({ untilMinutes }) => untilMinutes ?? Infinity);
    expect(ends.at(-1)).toBe(Infinity);
    expect(ends).toEqual([...new Set(ends)].sort((one, other) => one - other));
    expect(Math.min(...polling.map(({ everyMinutes }) => everyMinutes))).toBeGreaterThan(0);
  });
}

function describeAudiences(bench: ContractBench): void {
  const read = (id: string) => managerOf(bench).read(id, factsOf(bench), ctx);

  it('reads a fresh audience', async () => {
    const { id, name } = await filled(bench, 'managing-read');
    const snapshot = await read(id);
    expect(snapshot).toMatchObject({ name: `blotout_${name}` });
    expect(CUSTOM_AUDIENCE_STATUSES).toContain(snapshot?.status);
    if (snapshot?.status === 'error') expect(snapshot.statusReason).toMatch(/\w/);
    const { tells } = offerOf(bench);
    for (const figure of ['size', 'matchedUsers', 'matchingRate'] as const) {
      if (!tells.includes(figure)) expect([figure, snapshot?.[figure]]).toEqual([figure, null]);
    }
    expect(snapshot?.matchingRate?.value ?? 0).toBeLessThanOrEqual(1);
  });

  it('shows in reading what it has changed', async () => {
    const { id, name } = await filled(bench, 'managing-update');
    const { changes, retentionDays } = offerOf(bench);
    const before = await read(id);
    const days = retentionDays?.min === before?.retentionDays ? retentionDays?.max : retentionDays?.min;
    const values = { name: `blotout_${name} renamed`, description: 'Changed by the contract', retentionDays: days };
    const change = Object.fromEntries(changes.map((field) => [field, values[field]])) as AudienceChange;
    // A platform may offer it and still refuse it for some audiences: then nothing has changed.
    const isDone = await managerOf(bench).update?.(id, change, ctx).then(done, refused);
    const after = await eventually(
      () => read(id),
      (seen) => !isDone || changes.length === 0 || changes.some((field) => seen?.[field] === values[field]),
    );
    for (const field of ['name', 'description', 'retentionDays'] as const) {
      // What a platform changes but does not show is null.
      const expected = isDone && changes.includes(field) && after?.[field] !== null ? values[field] : before?.[field];
      expect([field, after?.[field]]).toEqual([field, expected]);
    }
  });

  it('deletes an audience, also one that is gone already, and reads nothing then', async () => {
    const { id } = await filled(bench, 'managing-delete');
    await managerOf(bench).delete(id, ctx);
    await expect(managerOf(bench).delete(id, ctx)).resolves.toBeUndefined();
    await expect(read(id)).resolves.toBeUndefined();
  });

  it('takes users out who were sent, also those who are out already', async () => {
    const { id, name, users } = await filled(bench, 'managing-remove');
    const rows = bench
      .provider()
      .prepare(users.slice(1), 'default')
      .rows.map(({ row }) => row);
    for (const attempt of ['first', 'again']) {
      const { accepted, refused } = await removed(bench, id, rows);
      expect([attempt, accepted, refused]).toEqual([attempt, 2, []]);
      await eventually(
        () => Promise.resolve(bench.audience(name)),
        (seen) => seen?.memberCount === 1,
      );
    }
  });
}

async function removed({ provider }: ContractBench, id: string, rows: readonly unknown[]): Promise<Receipt> {
  const client = provider().client('default');
  const receipt = await client.remove({ id }, rows, ctx);
  const { remoteJobId } = receipt;
  if (remoteJobId === undefined) return receipt;
  const settled = await eventually(
    () => client.pollUpload!(remoteJobId, ctx),
    (answer) => answer !== 'pending',
  );
  return settled as Receipt;
}

function describeRefusals(bench: ContractBench): void {
  const { facts, simulator } = bench;
  const rejected = Object.keys(facts.credentialStates).filter(
    (state) => facts.credentialStates[state] === 'credentials-rejected',
  );

  it.each(rejected)('tells a credential that is %s', async (state) => {
    const { id } = await filled(bench, `managing-${state}`);
    simulator().setToken(facts.credential, state);
    const failed: unknown = await managerOf(bench)
      .read(id, factsOf(bench), ctx)
      .catch((error: unknown) => error);
    simulator().setToken(facts.credential, 'valid');
    expect(failed).toMatchObject({ code: 'credentials-rejected' });
    expect(String(failed)).not.toContain(facts.credential);
    await expect(managerOf(bench).read(id, factsOf(bench), ctx)).resolves.toBeDefined();
  });

  it('tells how long a rate limit lasts', async () => {
    const { id } = await filled(bench, 'managing-limit');
    // The token may be fetched by a call of its own, before the limit.
    await managerOf(bench).read(id, factsOf(bench), ctx);
    simulator().addFaults({ kind: 'rate-limit', retryAfterSeconds: 5 });
    const failed = managerOf(bench).read(id, factsOf(bench), ctx);
    await expect(failed).rejects.toMatchObject({ code: 'rate-limited', retryable: true });
  });
}

const done = () => true;

function refused(error: unknown): false {
  if (error instanceof RequestRejectedError) return false;
  throw error;
}
