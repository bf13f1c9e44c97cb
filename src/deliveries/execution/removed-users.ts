import type { FoundMember, SharedIdentifiers } from '../../members/members-finder.js';
import type { GivenMember } from '../../members/members-store.js';
import type { AudienceUser } from '../../providers/contract/audience-user.js';

/** Pure: what was given goes before what is stored. */
export function withStored(user: AudienceUser, stored: readonly FoundMember[] = []): AudienceUser {
  return Object.assign({}, ...stored.map((member) => member.user).reverse(), user) as AudienceUser;
}

/**
 * Pure: users as a platform may be told to take them out. It looks for every identifier by itself: one that somebody who stays
 * has as well (the same person under another `edgeTagId`) would take them out, too. Who has no other need not be sent.
 */
export function withoutShared(
  given: readonly GivenMember[],
  { email, phone }: SharedIdentifiers,
): { readonly users: readonly AudienceUser[]; readonly unsent: ReadonlySet<number> } {
  const unsent = new Set<number>();
  const users = given.map(({ user, digests }, index) => {
    const isShared = { email: email.has(digests.email ?? ''), phone: phone.has(digests.phone ?? '') };
    if (!isShared.email && !isShared.phone) return user;
    const { email: address, phone: number, ...rest } = user;
    const own = {
      ...(!isShared.email && address && { email: address }),
      ...(!isShared.phone && number && { phone: number }),
    };
    if (Object.keys(own).length > 0) return { ...rest, ...own };
    unsent.add(index);
    return user;
  });
  return { users, unsent };
}
