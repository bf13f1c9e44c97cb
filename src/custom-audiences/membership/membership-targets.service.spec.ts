import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { customAudienceRow } from '../../../test/support/custom-audience-row.js';
import { createTestDatabase, type TestDatabase } from '../../../test/support/test-database.js';
import type { AudienceProvider } from '../../providers/contract/audience-provider.js';
import { ProviderCatalogue } from '../../providers/provider-catalogue.service.js';
import { Database } from '../../storage/database.js';
import { MembershipTargets } from './membership-targets.service.js';
import type { MemberSlice } from '../../membership/membership.service.js';
import { MembersSource } from './members-source.js';

const KEEPS = { id: 'keeps', tags: () => ['default'], audiences: { lacks: { removeUsers: 'It keeps everybody' } } };
const GIVES = { id: 'gives', tags: () => ['default'], audiences: { lacks: {} } };

class Source extends MembersSource {
  constructor(override readonly isOn: boolean) {
    super();
  }

  override async *slices(): AsyncGenerator<MemberSlice> {
    // Only asked for by a refresh.
  }
}

describe('which audiences take which changes', () => {
  let test: TestDatabase;
  let database: Database;
  let ids: Record<'keeps' | 'gives', string>;

  beforeAll(async () => {
    test = await createTestDatabase();
    database = await Database.open({ databaseUrl: test.url, dataDir: '' });
    const row = (provider: string) => customAudienceRow({ database: test }, 'Targets', { provider });
    ids = { keeps: await row('keeps'), gives: await row('gives') };
  });
  afterAll(async () => {
    await database.close();
    await test.drop();
  });

  const targets = (isOn: boolean) => {
    const catalogue = new ProviderCatalogue([KEEPS, GIVES] as unknown as AudienceProvider[]);
    return new MembershipTargets(database, catalogue, new Source(isOn));
  };

  it('all of them, where the platform offers everything and members are kept', async () => {
    const found = { id: ids.gives, provider: 'gives', tag: 'default', name: 'Targets' };
    expect(await targets(true).find(ids.gives, 'uploadData', 'mirror')).toEqual(found);
    expect(await targets(true).find(ids.gives, 'removeUsers', 'remove')).toEqual(found);
    expect(await targets(true).find(ids.gives, 'refresh', 'append')).toEqual(found);
  });

  it('none that takes people out, where the platform does not', async () => {
    const refusal = { status: 422, code: 'not-offered', detail: 'It keeps everybody' };
    for (const [action, mode] of [
      ['removeUsers', 'remove'],
      ['uploadData', 'mirror'],
    ] as const) {
      await expect(targets(true).find(ids.keeps, action, mode)).rejects.toMatchObject(refusal);
    }
    expect(await targets(true).find(ids.keeps, 'addUsers', 'append')).toMatchObject({ provider: 'keeps' });
  });

  it('none that needs the members, where none are kept', async () => {
    for (const [action, mode] of [
      ['refresh', 'append'],
      ['uploadData', 'mirror'],
    ] as const) {
      const refused = targets(false).find(ids.gives, action, mode);
      await expect(refused).rejects.toMatchObject({ status: 422, detail: expect.stringContaining('MEMBERS=off') });
    }
    expect(await targets(false).find(ids.gives, 'removeUsers', 'remove')).toMatchObject({ provider: 'gives' });
  });
});
