import type { AudienceUser, Purchase } from '../providers/contract/audience-user.js';
import { alpha2 } from '../providers/kit/country.js';
import { isE164, readDialled, toE164 } from '../providers/kit/phone.js';

/** How a person is found again: each in a form that does not depend on how it was written. */
export interface Identifiers {
  readonly email?: string;
  readonly phone?: string;
  readonly edgeTagId?: string;
}

/** Pure. A value that cannot be read stands for itself: it is still the same value the next time. */
export function identifiersOf(user: AudienceUser): Identifiers {
  return { email: emailOf(user), phone: phoneOf(user), edgeTagId: edgeTagIdOf(user) };
}

/** Pure, as one of {@link identifiersOf}. */
export function emailOf({ email }: AudienceUser): string | undefined {
  return email && sameText(email);
}

/** Pure, as one of {@link identifiersOf}. */
export function phoneOf({ phone, country }: AudienceUser): string | undefined {
  return phone && samePhone(phone, country);
}

/** Pure, as one of {@link identifiersOf}. */
export function edgeTagIdOf({ edgeTagId }: AudienceUser): string | undefined {
  return edgeTagId?.trim() || undefined;
}

/**
 * Pure: what makes two users the same member: the caller's own id, else the address, else the number, else all there is. A caller
 * that gives one person now with an id and now without has two members. Reads no more than it needs.
 */
export function identityOf(user: AudienceUser): string {
  const edgeTagId = edgeTagIdOf(user);
  if (edgeTagId) return `edgeTagId ${edgeTagId}`;
  const email = emailOf(user);
  if (email) return `email ${email}`;
  const phone = phoneOf(user);
  if (phone) return `phone ${phone}`;
  return `all ${packUser(user)}`;
}

/** Pure: a user in few bytes; {@link unpackUser} gives it back. */
export function packUser(user: AudienceUser): string {
  const { edgeTagId, email, phone, firstName, lastName, country, postalCode, purchase } = user;
  const { currency, profit, total7Days } = purchase ?? {};
  const values: (string | number | null | undefined)[] = [
    edgeTagId,
    email,
    phone,
    firstName,
    lastName,
    country,
    postalCode,
    currency,
    profit,
    total7Days,
  ];
  while (values.length > 0 && values[values.length - 1] === undefined) values.length -= 1;
  // Absent ones are written 0: shorter than null, and no value of a text field.
  for (let index = 0; index < values.length; index++) values[index] ??= index < PURCHASE ? 0 : null;
  return JSON.stringify(values);
}

/** Pure. */
export function unpackUser(packed: string): AudienceUser {
  const values = JSON.parse(packed) as (string | number | null | undefined)[];
  const user: Record<string, unknown> = {};
  FIELDS.forEach((field, index) => {
    if (typeof values[index] === 'string') user[field] = values[index];
  });
  const purchase: Record<string, unknown> = {};
  PURCHASE_FIELDS.forEach((field, index) => {
    const value = values[PURCHASE + index];
    if (value !== undefined && value !== null) purchase[field] = value;
  });
  if (Object.keys(purchase).length > 0) user.purchase = purchase;
  return user;
}

const FIELDS = [
  'edgeTagId',
  'email',
  'phone',
  'firstName',
  'lastName',
  'country',
  'postalCode',
] as const satisfies readonly (keyof AudienceUser)[];
const PURCHASE_FIELDS = ['currency', 'profit', 'total7Days'] as const satisfies readonly (keyof Purchase)[];
const PURCHASE = FIELDS.length;

function sameText(value: string): string {
  return value.trim().toLowerCase();
}

function samePhone(value: string, country: string | undefined): string {
  if (isE164(value)) return value;
  const dialled = readDialled(value);
  return (dialled && toE164(dialled, country && alpha2(country))) || sameText(value);
}
