import { isDeepStrictEqual } from 'node:util';
import { duplicateProfile } from '../api/api-error.js';
import { profileId } from '../ids.js';
import { isPhone } from './identifiers.js';
import { type Identifier, IDENTIFIERS, type Profile } from './profile.js';
import { type ProfileRow, type PropertyPatch } from './profile-row.js';

/** How a row changes a profile. */
export interface UpsertMode {
  /** What null does to a value: the import leaves it, other calls clear it. */
  readonly nulls: 'ignore' | 'clear';
  /** What happens to an identifier that another profile has. */
  readonly conflict: 'drop' | 'refuse';
}

/**
 * The profiles of an account and the one place where it is decided whom a row means: the id, or else the external id, the e-mail
 * address, the phone number. https://developers.klaviyo.com/en/reference/profiles_api_overview
 */
export class ProfileStore {
  private readonly profiles = new Map<string, Profile>();
  private readonly indexes: Record<Identifier, Map<string, Profile>> = {
    external_id: new Map(),
    email: new Map(),
    phone_number: new Map(),
  };
  private serial = 0;

  all(): IterableIterator<Profile> {
    return this.profiles.values();
  }

  find(id: string): Profile | undefined {
    return this.profiles.get(id);
  }

  findBy(name: Identifier, value: unknown): Profile | undefined {
    return typeof value === 'string' ? this.indexes[name].get(keyOf(name, value)) : undefined;
  }

  /** The profile that a row means, if it is known. Two people with one phone stay two as long as their addresses differ. */
  meantBy({ id, attributes }: ProfileRow): Profile | undefined {
    if (id !== undefined) return this.find(id);
    const known = this.findBy('external_id', attributes['external_id']) ?? this.findBy('email', attributes['email']);
    if (known !== undefined) return known;
    const sharer = this.findBy('phone_number', attributes['phone_number']);
    return attributes['email'] && sharer?.attributes['email'] ? undefined : sharer;
  }

  /** Another profile that has one of the row's identifiers. */
  rivalOf(row: ProfileRow, profile: Profile | undefined): Profile | undefined {
    return IDENTIFIERS.map((name) => this.findBy(name, row.attributes[name])).find(
      (found) => found !== undefined && found !== profile,
    );
  }

  /** Writes a row to a profile, or to a new one. A phone that is none is left out without a word. */
  write(known: Profile | undefined, row: ProfileRow, mode: UpsertMode, now: number): Profile {
    const rival = this.rivalOf(row, known);
    if (rival !== undefined && mode.conflict === 'refuse') throw duplicateProfile(rival.id);
    const profile = known ?? this.create(now);
    for (const name of IDENTIFIERS) this.writeIdentifier(profile, name, row.attributes[name], mode);
    for (const [name, value] of Object.entries(row.attributes)) {
      if (!isIdentifier(name) && name !== '_kx') assign(profile.attributes, name, value, mode);
    }
    for (const [name, value] of Object.entries(row.location)) assign(profile.location, name, value, mode);
    for (const [name, value] of Object.entries(row.properties)) assign(profile.properties, name, value, mode);
    if (row.patch !== undefined) patchProperties(profile.properties, row.patch);
    profile.updatedAt = now;
    return profile;
  }

  delete(profile: Profile): void {
    for (const name of IDENTIFIERS) this.release(profile, name);
    this.profiles.delete(profile.id);
  }

  private create(now: number): Profile {
    const profile: Profile = {
      id: profileId(now),
      serial: (this.serial += 1),
      createdAt: now,
      updatedAt: now,
      attributes: {},
      location: {},
      properties: {},
      consent: { email: 'NEVER_SUBSCRIBED', sms: 'NEVER_SUBSCRIBED' },
    };
    this.profiles.set(profile.id, profile);
    return profile;
  }

  private writeIdentifier(profile: Profile, name: Identifier, value: unknown, mode: UpsertMode): void {
    if (value === undefined || value === '' || (value === null && mode.nulls === 'ignore')) return;
    if (value === null) {
      this.release(profile, name);
      delete profile.attributes[name];
      return;
    }
    const text = value as string;
    if (name === 'phone_number' && !isPhone(text)) return;
    const owner = this.findBy(name, text);
    if (owner !== undefined && owner !== profile) return;
    this.release(profile, name);
    profile.attributes[name] = text;
    this.indexes[name].set(keyOf(name, text), profile);
  }

  private release(profile: Profile, name: Identifier): void {
    const value = profile.attributes[name];
    if (typeof value === 'string') this.indexes[name].delete(keyOf(name, value));
  }
}

function keyOf(name: Identifier, value: string): string {
  return name === 'email' ? value.toLowerCase() : value;
}

function isIdentifier(name: string): boolean {
  return (IDENTIFIERS as readonly string[]).includes(name);
}

function assign(target: Record<string, unknown>, name: string, value: unknown, mode: UpsertMode): void {
  if (value !== null) target[name] = value;
  else if (mode.nulls === 'clear') delete target[name];
}

function patchProperties(properties: Record<string, unknown>, { append, unappend, unset }: PropertyPatch): void {
  for (const [name, value] of Object.entries(append)) {
    properties[name] = [...listOf(properties[name]), ...listOf(value)];
  }
  for (const [name, value] of Object.entries(unappend)) {
    if (properties[name] === undefined) continue;
    const gone = listOf(value);
    properties[name] = listOf(properties[name]).filter((item) => !gone.some((one) => isDeepStrictEqual(one, item)));
  }
  for (const name of unset) delete properties[name];
}

function listOf(value: unknown): unknown[] {
  if (value === undefined) return [];
  return Array.isArray(value) ? (value as unknown[]) : [value];
}
