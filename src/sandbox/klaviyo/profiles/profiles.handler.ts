import { type ErrorObject, invalidBody, noSuch, throwAll } from '../api/api-error.js';
import { readResource } from '../api/body-reader.js';
import { filtered, type FilterFields } from '../collections/filter-fields.js';
import { type Answer, type ApiCall, type OperationTable, RATES } from '../api/operation.js';
import { pageOf } from '../collections/page.js';
import { isPhone } from './identifiers.js';
import { type Profile } from './profile.js';
import { attributeField, PAGE_PARAMETERS, type ProfileEntry } from './profile-pages.js';
import { type ProfileRow, readProfileRow, type RowForm } from './profile-row.js';
import { PROFILE_PARAMETERS, profileView } from './profile-view.js';

const MAX_PROFILE_BYTES = 100_000;
const SIZES = { default: 20, max: 100 };
const BETWEEN = ['greater-than', 'less-than'];
const SORTS = ['created', 'email', 'id', 'updated'] as const;

const FIELDS: FilterFields<ProfileEntry> = {
  id: { kind: 'text', operators: ['any', 'equals'], read: ({ profile }) => profile.id },
  email: attributeField('email'),
  phone_number: attributeField('phone_number'),
  external_id: attributeField('external_id'),
  _kx: { kind: 'text', operators: ['equals'], read: () => undefined },
  created: { kind: 'time', operators: BETWEEN, read: ({ profile }) => profile.createdAt },
  updated: { kind: 'time', operators: BETWEEN, read: ({ profile }) => profile.updatedAt },
};

const SORTED_BY: Readonly<Record<(typeof SORTS)[number], (profile: Profile) => string | number>> = {
  created: ({ createdAt }) => createdAt,
  updated: ({ updatedAt }) => updatedAt,
  id: ({ id }) => id,
  email: ({ attributes }) => (typeof attributes['email'] === 'string' ? attributes['email'] : ''),
};

/** Single profiles. https://developers.klaviyo.com/en/reference/profiles_api_overview */
export class ProfilesHandler {
  operations(): OperationTable {
    const read = { scopes: ['profiles:read'], rate: RATES.l };
    const write = { scopes: ['profiles:write'], rate: RATES.l, parameters: PROFILE_PARAMETERS };
    const costly = { parameter: 'additional-fields[profile]', rate: RATES.m };
    return {
      'GET /api/profiles': {
        ...read,
        costly,
        parameters: [...PAGE_PARAMETERS, ...PROFILE_PARAMETERS, 'filter', 'sort'],
        answer: (call) => this.list(call),
      },
      'POST /api/profiles': { ...write, answer: (call) => this.create(call) },
      'GET /api/profiles/:id': {
        ...read,
        parameters: PROFILE_PARAMETERS,
        answer: (call) => answer(call, 200, profileOf(call)),
      },
      'PATCH /api/profiles/:id': { ...write, answer: (call) => this.update(call) },
      'POST /api/profile-import': { ...write, answer: (call) => this.upsert(call) },
    };
  }

  private list(call: ApiCall): Answer {
    const sort = call.query.names(
      'sort',
      SORTS.flatMap((name) => [name, `-${name}`]),
    )?.[0];
    const by = SORTED_BY[(sort?.replace('-', '') ?? 'created') as (typeof SORTS)[number]];
    const entries = [...call.account.profiles.all()].map((profile) => ({ profile }));
    const page = pageOf(
      call,
      {
        items: filtered(call, entries, FIELDS),
        place: ({ profile }) => [by(profile), profile.serial],
        descending: sort?.startsWith('-') ?? false,
      },
      SIZES,
    );
    return {
      status: 200,
      body: { data: page.items.map(({ profile }) => profileView(call, profile)), links: page.links },
    };
  }

  private create(call: ApiCall): Answer {
    const row = readRow(call, { upsert: false, identified: true });
    return this.write(call, undefined, row);
  }

  private update(call: ApiCall): Answer {
    const profile = profileOf(call);
    readResource(call, 'profile', call.id);
    return this.write(call, profile, readRow(call, { upsert: true, identified: false }));
  }

  private upsert(call: ApiCall): Answer {
    const row = readRow(call, { upsert: true, identified: true });
    const known = call.account.profiles.meantBy(row);
    if (known === undefined && row.id !== undefined) throw noSuch('profile', row.id);
    return this.write(call, known, row);
  }

  private write(call: ApiCall, known: Profile | undefined, row: ProfileRow): Answer {
    const headers = partialFailure(row);
    const profile = call.account.profiles.write(known, row, { nulls: 'clear', conflict: 'refuse' }, call.now);
    call.account.changed(call.now);
    return { ...answer(call, known === undefined ? 201 : 200, profile), headers };
  }
}

function answer(call: ApiCall, status: number, profile: Profile): Answer {
  const data = profileView(call, profile, { created: status === 201 });
  return { status, body: { data, links: { self: `${call.origin}${call.path}` } } };
}

function profileOf(call: ApiCall): Profile {
  const profile = call.account.profiles.find(call.id);
  if (profile === undefined) throw noSuch('profile', call.id);
  return profile;
}

function readRow(call: ApiCall, form: RowForm): ProfileRow {
  if (call.bodyBytes > MAX_PROFILE_BYTES) throw invalidBody('The payload is larger than 100KB.');
  readResource(call, 'profile');
  const errors: ErrorObject[] = [];
  const row = readProfileRow((call.body as { data: unknown }).data, '/data', form, errors);
  throwAll(errors);
  return row as ProfileRow;
}

/** A bad phone beside another identifier is left out, and a header says so; alone it is refused. */
function partialFailure({ id, attributes }: ProfileRow): Record<string, string> {
  const phone = attributes['phone_number'];
  if (typeof phone !== 'string' || phone === '' || isPhone(phone)) return {};
  if (id === undefined && !attributes['email'] && !attributes['external_id']) {
    const detail = 'Invalid phone number format (Example of a valid format: +12345678901)';
    throw invalidBody(detail, '/data/attributes/phone_number');
  }
  return { 'X-Klaviyo-Partial-Failure': 'phone_number' };
}
