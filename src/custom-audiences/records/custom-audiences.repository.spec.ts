import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { sql } from 'drizzle-orm';
import { startService, type TestService } from '../../../test/support/service.js';
import { EventsWriter } from '../../events/events-writer.js';
import { Database } from '../../storage/database.js';
import { CustomAudiencesRepository } from './custom-audiences.repository.js';
import type { EnsuredAudience } from './ensured-audiences.js';

const FACEBOOK = { provider: 'facebook', tag: 'default', account: 'act_1' };
const SAME_ACCOUNT = { ...FACEBOOK, tag: 'second' };
const OTHER_ACCOUNT = { ...FACEBOOK, tag: 'eu', account: 'act_2' };

describe('CustomAudiencesRepository', () => {
  let service: TestService;
  let database: Database;
  let records: CustomAudiencesRepository;

  beforeAll(async () => {
    service = await startService();
    database = service.app.get(Database);
    records = service.app.get(CustomAudiencesRepository);
  });
  afterAll(() => service.stop());

  function ensure(segment: string, targets = [FACEBOOK]): Promise<readonly EnsuredAudience[]> {
    return database.transaction(async (tx) => {
      const { audiences, events } = await records.ensure(tx, { segment, targets });
      await service.app.get(EventsWriter).record(tx, events);
      return audiences;
    });
  }

  const created = async (id: string) =>
    (await service.database.query(`select 1 from audience_events where audience = '${id}' and type = 'created'`))
      .length;

  it('makes one record for an account, and finds it again', async () => {
    const made = await ensure('One', [FACEBOOK, SAME_ACCOUNT, OTHER_ACCOUNT]);
    expect(made.map(({ tag }) => tag)).toEqual(['default', 'second', 'eu']);
    expect(made[1]!.id).toBe(made[0]!.id);
    expect(made[2]!.id).not.toBe(made[0]!.id);
    expect(await records.find(made[0]!.id)).toMatchObject({
      ...{ name: 'One', type: 'customer-list', source: 'crm', status: 'populating', dataUploadMethod: 'api' },
      ...{ audienceId: null, version: 1, pollAt: expect.any(Date) },
    });
    expect(await ensure('One', [FACEBOOK, SAME_ACCOUNT, OTHER_ACCOUNT])).toEqual(made);
    expect([await created(made[0]!.id), await created(made[2]!.id)]).toEqual([1, 1]);
  });

  it('makes it once when many ask for it together', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => ensure('Many', [OTHER_ACCOUNT, FACEBOOK])));
    expect(new Set(made.flat().map(({ id }) => id)).size).toBe(2);
    expect(await created(made[0]![0]!.id)).toBe(1);
  });

  it('tells of a record whose making by hand broke off', async () => {
    const values = { ...FACEBOOK, name: 'Pending', type: 'customer-list', source: 'crm' } as const;
    const pending = await records.insert(database.query, values);
    expect(await created(pending!.id)).toBe(0);
    await Promise.all([ensure('Pending'), ensure('Pending')]);
    expect([(await records.find(pending!.id))?.pollAt, await created(pending!.id)]).toEqual([expect.any(Date), 1]);
  });

  it('keeps a record from being deleted until the transaction ends', async () => {
    const [one] = await ensure('Kept');
    await database.transaction(async (tx) => {
      await records.ensure(tx, { segment: 'Kept', targets: [FACEBOOK] });
      const deletion = database.transaction(async (other) => {
        await other.execute(sql`set local lock_timeout = '100ms'`);
        await records.delete(other, one!.id);
      });
      await expect(deletion).rejects.toMatchObject({ code: '55P03' });
    });
    await records.delete(database.query, one!.id);
    const [again] = await ensure('Kept');
    expect(again!.id).not.toBe(one!.id);
  });

  it('refuses an update of another version', async () => {
    const [one] = await ensure('Versions');
    const row = (await records.find(one!.id))!;
    expect(await records.update(database.query, row, { business: 'a' })).toMatchObject({ version: 2, business: 'a' });
    expect(await records.update(database.query, row, { business: 'b' })).toBeUndefined();
  });
});
