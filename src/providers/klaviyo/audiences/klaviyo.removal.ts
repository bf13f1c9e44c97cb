import type { ManagementContext } from '../../contract/audience-manager.js';
import type { Receipt } from '../../contract/audience-provider.js';
import { textOf } from '../../kit/answer-values.js';
import type { KlaviyoApi, KlaviyoResource } from '../klaviyo.api.js';
import { anyOf } from '../klaviyo.lookup.js';
import { type Contacts, contactsOf, type KlaviyoRow } from '../klaviyo.profile.js';
import { pause } from './klaviyo.pace.js';

/** Values of one filter, and members on one page: Klaviyo gives 20 unless it is asked for more. */
const VALUES_PER_CALL = 100;
/** The values stand in the address, whose length has limits on the way. */
const LONGEST_FILTER = 6_000;
const IDS_PER_CALL = 1_000;
/** Look-ups may come 75 a second. */
const LOOKUP_PAUSE_MS = 15;

type Contact = 'email' | 'phone_number';

/** One list of one account, and whom to take out of it. */
interface Removal {
  readonly listId: string;
  readonly api: KlaviyoApi;
  readonly ctx: ManagementContext;
}

/** A member of the list, as far as it matters who it is. */
interface Member {
  readonly id: string;
  readonly email: string;
  readonly phone: string;
}

/**
 * Takes profiles out of a list: memberships end by profile id, so these are looked up among the members first. Whoever is no
 * member is not found, and nothing is left to do for them.
 * https://developers.klaviyo.com/en/reference/remove_profiles_from_list (section 4 of the notes)
 */
export async function removeProfiles(
  listId: string,
  rows: readonly KlaviyoRow[],
  api: KlaviyoApi,
  ctx: ManagementContext,
): Promise<Receipt> {
  const removal = { listId, api, ctx };
  const people = rows.map(contactsOf);
  const emailsOf = emailsByPhone(people);
  const byEmail = await membersWith('email', distinct(people.map(({ email }) => email)), removal);
  const byPhone = await membersWith('phone_number', [...emailsOf.keys()], removal);
  const meant = byPhone.filter(
    ({ email, phone }) => email === '' || [undefined, email].some((one) => emailsOf.get(phone)?.has(one)),
  );
  const ids = new Set([...byEmail, ...meant].map(({ id }) => id));
  await dropMemberships([...ids], removal);
  return { accepted: rows.length, refused: [] };
}

/**
 * The addresses that come with a phone number. Two with one number are two people as long as both have addresses, and these
 * differ; without an address, whoever has the number is meant.
 */
function emailsByPhone(people: readonly Contacts[]): ReadonlyMap<string, ReadonlySet<string | undefined>> {
  const emails = new Map<string, Set<string | undefined>>();
  for (const { email, phone } of people) {
    if (phone === undefined) continue;
    const known = emails.get(phone);
    if (known) known.add(email);
    else emails.set(phone, new Set([email]));
  }
  return emails;
}

async function membersWith(contact: Contact, values: readonly string[], removal: Removal): Promise<Member[]> {
  const { listId, api, ctx } = removal;
  const members: Member[] = [];
  for (const [index, part] of filterParts(values).entries()) {
    if (index > 0) await pause(LOOKUP_PAUSE_MS, ctx);
    const found = await api.all(
      {
        method: 'GET',
        path: `/api/lists/${encodeURIComponent(listId)}/profiles`,
        pathTemplate: '/api/lists/{list}/profiles',
        target: 'members',
        query: {
          filter: anyOf(contact, part),
          'fields[profile]': 'email,phone_number',
          'page[size]': VALUES_PER_CALL,
        },
      },
      ctx,
    );
    members.push(...found.map(memberOf));
  }
  return members;
}

async function dropMemberships(ids: readonly string[], { listId, api, ctx }: Removal): Promise<void> {
  for (let start = 0; start < ids.length; start += IDS_PER_CALL) {
    const data = ids.slice(start, start + IDS_PER_CALL).map((id) => ({ type: 'profile', id }));
    const path = `/api/lists/${encodeURIComponent(listId)}/relationships/profiles`;
    const pathTemplate = '/api/lists/{list}/relationships/profiles';
    await api.done({ method: 'DELETE', path, pathTemplate, target: 'members', body: { data } }, ctx);
  }
}

/** Parts that one filter can hold. */
function filterParts(values: readonly string[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const value of values) {
    const last = parts.at(-1);
    room -= value.length + 3;
    if (last === undefined || last.length === VALUES_PER_CALL || room < 0) {
      parts.push([value]);
      room = LONGEST_FILTER - value.length - 3;
    } else {
      last.push(value);
    }
  }
  return parts;
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values)].filter((value) => value !== undefined);
}

/** Klaviyo keeps addresses as they were given, but takes those that differ in case for one. */
function memberOf({ id, attributes }: KlaviyoResource): Member {
  return { id, email: textOf(attributes['email']).toLowerCase(), phone: textOf(attributes['phone_number']) };
}
