/** What names a profile; each value belongs to one profile only. */
export const IDENTIFIERS = ['external_id', 'email', 'phone_number'] as const;
export type Identifier = (typeof IDENTIFIERS)[number];

/** Plain attributes besides the identifiers. */
export const PLAIN_ATTRIBUTES = ['first_name', 'last_name', 'organization', 'locale', 'title', 'image'] as const;

export const LOCATION_ATTRIBUTES = [
  'address1',
  'address2',
  'city',
  'country',
  'latitude',
  'longitude',
  'region',
  'zip',
  'timezone',
  'ip',
] as const;

export type Consent = 'NEVER_SUBSCRIBED' | 'SUBSCRIBED';

/** One profile as the platform keeps it. What is not set has no key. */
export interface Profile {
  readonly id: string;
  /** Never changes and never repeats. */
  readonly serial: number;
  readonly createdAt: number;
  updatedAt: number;
  /** Identifiers and plain attributes. */
  readonly attributes: Record<string, unknown>;
  readonly location: Record<string, unknown>;
  readonly properties: Record<string, unknown>;
  readonly consent: { email: Consent; sms: Consent };
}

/** The columns of a profile as stored, without what is not set. */
export function columnsOf({ attributes, location, properties }: Profile): Record<string, unknown> {
  return {
    ...attributes,
    ...(Object.keys(location).length === 0 ? {} : { location: { ...location } }),
    ...(Object.keys(properties).length === 0 ? {} : { properties: { ...properties } }),
  };
}
