import { describe, expect, it } from '@jest/globals';
import type { AudienceUser } from '../providers/contract/audience-user.js';
import { PayloadCipher } from '../storage/payload-cipher.js';
import { MemberCipher } from './member-cipher.js';
import { bytesOf } from './member-digests.js';

const ADA: AudienceUser = {
  edgeTagId: 'edge-1',
  email: 'Ada@Example.com',
  phone: '(202) 555-0143',
  firstName: 'Ada',
  country: 'US',
  purchase: { currency: 'USD', profit: 0, total7Days: '12.50' },
};
const ZOE: AudienceUser = { firstName: 'Zoë' };

/** As version 0.1.0 stored them under this key. */
const STORED = [
  {
    user: ADA,
    key: 'ac8666d09fcdbbba71acb81bd10450a1',
    content: 'cf213e6ed1e5c576',
    email: '7e80427b08b96dc6',
    phone: '2baad41294580599',
    edgeTagId: '277592433cc33576',
    record:
      '7944a8f866baa334383ea79200000001ad3fa4062e2ebf27ea8998dd88b2e7581dd3ee0c68a8590f614681d259ea20f8dc77d749' +
      '5bdce41a19cfe19ba00f8af28e6b1764767e5aa43ae3fb551f00c6d311f50f726a9c6b8c5bf496e4',
  },
  {
    user: ZOE,
    key: 'cd962f7693fd0179eaf2b0924ae847a7',
    content: '933a8e146fb326eb',
    email: null,
    phone: null,
    edgeTagId: null,
    record: '7944a8f866baa334383ea792000000007227f64902d8c57b2716fb2ff542',
  },
];

describe('the cipher of members', () => {
  const cipher = new MemberCipher(new PayloadCipher(Buffer.alloc(32, 7)));
  const hex = (digest: string | null) => digest && bytesOf(digest).toString('hex');

  it.each(STORED)('makes the digests that are stored already: $key', ({ user, record, ...stored }) => {
    const { key, content, email, phone, edgeTagId } = cipher.digests(user);
    expect({
      key: hex(key),
      content: hex(content),
      email: hex(email),
      phone: hex(phone),
      edgeTagId: hex(edgeTagId),
    }).toEqual(stored);
    expect(record).not.toContain(stored.key);
  });

  it('opens the records that are stored already', () => {
    const sealed = STORED.map(({ record, content }) => ({
      record: Buffer.from(record, 'hex'),
      content: Buffer.from(content, 'hex'),
    }));
    expect(cipher.openAll(sealed)).toEqual([ADA, ZOE]);
  });
});
