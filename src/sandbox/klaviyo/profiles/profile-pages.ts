import { filtered, type FilterField, type FilterFields } from '../collections/filter-fields.js';
import { type Answer, type ApiCall } from '../api/operation.js';
import { pageOf } from '../collections/page.js';
import { type Profile } from './profile.js';
import { PROFILE_PARAMETERS, profileView } from './profile-view.js';

/** A client that forgets to turn pages loses everything after the first twenty. */
const SIZES = { default: 20, max: 100 };
const EXACT = ['any', 'equals'];
const TIMES = ['greater-than', 'greater-or-equal', 'less-than', 'less-or-equal'];

/** A profile in a list, a segment or an import. */
export interface ProfileEntry {
  readonly profile: Profile;
  readonly joinedAt?: number;
}

export const PAGE_PARAMETERS = ['page[size]', 'page[cursor]'];
/** The parameters of the calls that show the members of a list or a segment. */
export const MEMBER_PARAMETERS = [...PAGE_PARAMETERS, ...PROFILE_PARAMETERS, 'filter', 'sort'];

/** A filter by an attribute of the profile. */
export function attributeField(name: string): FilterField<ProfileEntry> {
  const read = ({ profile }: ProfileEntry): string | undefined => profile.attributes[name] as string | undefined;
  return { kind: 'text', operators: EXACT, read, ...(name === 'email' ? { folded: true } : {}) };
}

const LIST_FIELDS: FilterFields<ProfileEntry> = {
  email: attributeField('email'),
  phone_number: attributeField('phone_number'),
  push_token: { kind: 'text', operators: EXACT, read: () => undefined },
  _kx: { kind: 'text', operators: ['equals'], read: () => undefined },
  joined_group_at: { kind: 'time', operators: TIMES, read: ({ joinedAt }) => joinedAt },
};
export const SEGMENT_FIELDS: FilterFields<ProfileEntry> = {
  ...LIST_FIELDS,
  profile_id: { kind: 'text', operators: EXACT, read: ({ profile }) => profile.id },
};

/** The page of members that a call asks for, whole or as identifiers only. */
export function memberPage(
  call: ApiCall,
  members: readonly ProfileEntry[],
  form: 'profiles' | 'identifiers',
  fields: FilterFields<ProfileEntry> = LIST_FIELDS,
): Answer {
  const sort = call.query.names('sort', ['joined_group_at', '-joined_group_at'])?.[0];
  const page = pageOf(
    call,
    {
      items: filtered(call, members, fields),
      place: ({ profile, joinedAt }) => [joinedAt ?? 0, profile.serial],
      descending: sort === '-joined_group_at',
    },
    SIZES,
  );
  const data = page.items.map(({ profile, joinedAt }) =>
    form === 'identifiers'
      ? { type: 'profile', id: profile.id }
      : profileView(call, profile, joinedAt === undefined ? {} : { joinedAt }),
  );
  return { status: 200, body: { data, links: page.links } };
}
