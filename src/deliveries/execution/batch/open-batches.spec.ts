import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { randomBytes } from 'node:crypto';
import { PayloadCipher, PayloadError } from '../../../storage/payload-cipher.js';
import { OpenBatches } from './open-batches.js';

const USERS = [{ email: 'ada@example.com' }, { email: 'grace@example.com', phone: '' }];

describe('OpenBatches', () => {
  const cipher = new PayloadCipher(randomBytes(32));
  let open: OpenBatches;
  let fetched: number;
  beforeEach(() => {
    open = new OpenBatches(cipher);
    fetched = 0;
  });
  afterEach(() => open.onApplicationShutdown());

  const sealed = (users: unknown = USERS) => cipher.seal(Buffer.from(JSON.stringify(users)), 'batch');
  const fetch = (payload: Promise<Buffer>) => () => {
    fetched += 1;
    return payload;
  };

  it('reads a batch once for all who ask, together or one after the other, and gives them the same users', async () => {
    const payload = fetch(sealed());
    const [one, other] = await Promise.all([open.users('batch', 'a', payload), open.users('batch', 'a', payload)]);
    const third = await open.users('batch', 'a', payload);
    expect(one).toEqual([{ email: 'ada@example.com' }, { email: 'grace@example.com' }]);
    expect([other === one, third === one, fetched]).toEqual([true, true, 1]);
  });

  it('reads it again when it was sealed anew, as after an erasure', async () => {
    await open.users('batch', 'a', fetch(sealed()));
    expect(await open.users('batch', 'b', fetch(sealed([{}, USERS[1]])))).toEqual([{}, { email: 'grace@example.com' }]);
    expect(fetched).toBe(2);
  });

  it('does not remember a failure', async () => {
    const foreign = new PayloadCipher(randomBytes(32)).seal(Buffer.from('[]'), 'batch');
    await expect(open.users('batch', 'a', fetch(foreign))).rejects.toBeInstanceOf(PayloadError);
    expect(await open.users('batch', 'a', fetch(sealed()))).toHaveLength(2);
  });
});
