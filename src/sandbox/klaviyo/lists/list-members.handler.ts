import { invalidBody } from '../api/api-error.js';
import { isObject, readIdentifiers } from '../api/body-reader.js';
import { type Answer, type ApiCall, type OperationTable, RATES } from '../api/operation.js';
import { type Profile } from '../profiles/profile.js';
import { MEMBER_PARAMETERS, memberPage } from '../profiles/profile-pages.js';

const MAX_IDS = 1000;

/** Who is in a list, by the ids of profiles that exist. https://developers.klaviyo.com/en/reference/add_profiles_to_list */
export class ListMembersHandler {
  operations(): OperationTable {
    const read = { scopes: ['lists:read', 'profiles:read'], rate: RATES.l, parameters: MEMBER_PARAMETERS };
    const write = { scopes: ['lists:write', 'profiles:write'], rate: RATES.m };
    const costly = { parameter: 'additional-fields[profile]', rate: RATES.m };
    return {
      'GET /api/lists/:id/profiles': { ...read, costly, answer: (call) => members(call, 'profiles') },
      'GET /api/lists/:id/relationships/profiles': { ...read, answer: (call) => members(call, 'identifiers') },
      'POST /api/lists/:id/relationships/profiles': { ...write, answer: (call) => this.add(call) },
      'DELETE /api/lists/:id/relationships/profiles': { ...write, answer: (call) => this.remove(call) },
    };
  }

  private add(call: ApiCall): Answer {
    const list = call.account.lists.require(call.id);
    const profiles = profilesOf(call);
    list.rowsReceived += profiles.length;
    for (const profile of profiles) list.add(profile, call.now);
    call.account.changed(call.now);
    return { status: 204 };
  }

  /** Membership goes; the profile stays, and one that is no member is passed over. */
  private remove(call: ApiCall): Answer {
    const list = call.account.lists.require(call.id);
    for (const { id } of profilesOf(call)) list.members.delete(id);
    call.account.changed(call.now);
    return { status: 204 };
  }
}

function members(call: ApiCall, form: 'profiles' | 'identifiers'): Answer {
  return memberPage(call, [...call.account.lists.require(call.id).members.values()], form);
}

function profilesOf(call: ApiCall): Profile[] {
  const ids = readIdentifiers(isObject(call.body) ? call.body['data'] : undefined, 'profile', '/data');
  if (ids.length < 1 || ids.length > MAX_IDS) throw invalidBody(`Between 1 and ${MAX_IDS} profiles are required.`);
  const found = ids.map((id) => call.account.profiles.find(id));
  const unknown = ids.filter((_, index) => found[index] === undefined);
  if (unknown.length > 0) throw invalidBody(`Invalid profile IDs: ${unknown.join(', ')}`, '/data/');
  return found.filter((profile) => profile !== undefined);
}
