import { describe, expect, it } from '@jest/globals';
import { madeUpUsers } from '../../../demo/made-up-users.js';
import { preparations } from '../../../../test/bench/preparations.js';
import { AWKWARD_USERS } from '../../../../test/provider-contract/awkward-users.js';
import { toAudienceUsers } from '../../contract/read-users.js';

const USERS = [...AWKWARD_USERS, ...toAudienceUsers(madeUpUsers(500, 3))];

describe('providers that prepare one list of users', () => {
  const alone = preparations().map(({ provider }) => provider.prepare([...USERS], 'default'));
  const all = preparations().map(({ provider }, at) => ({ provider, prepared: alone[at]! }));

  it.each([
    ['in their order', all],
    ['the other way round', [...all].reverse()],
    ['a second time', [...all, ...all]],
  ])('make of it what each makes of a list of its own, %s', (_, order) => {
    const shared = [...USERS];
    for (const { provider, prepared } of order) {
      const { rows, rejections } = provider.prepare(shared, 'default');
      expect({ id: provider.id, rows, rejections }).toEqual({
        id: provider.id,
        rows: prepared.rows,
        rejections: prepared.rejections,
      });
    }
  });
});
