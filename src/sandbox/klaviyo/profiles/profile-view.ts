import { type ApiCall } from '../api/operation.js';
import { type Query } from '../api/query.js';
import { related, sparse } from '../api/resource.js';
import { microseconds, seconds } from '../api/timestamps.js';
import { type Consent, IDENTIFIERS, LOCATION_ATTRIBUTES, PLAIN_ATTRIBUTES, type Profile } from './profile.js';

/** The parameters of every call that shows profiles. */
export const PROFILE_PARAMETERS = ['fields[profile]', 'additional-fields[profile]'];

/** How a profile is shown besides its own values. */
export interface ProfileViewOptions {
  /** When it became a member of the list or segment that is shown. */
  readonly joinedAt?: number;
  /** The answer to its creation. */
  readonly created?: boolean;
}

/** A profile as the platform shows it: what is not set is null. */
export function profileView(call: ApiCall, profile: Profile, options: ProfileViewOptions = {}): object {
  const base = `${call.origin}/api/profiles/${profile.id}/`;
  const time = options.created === true ? microseconds : seconds;
  const attributes = {
    ...filledIn([...IDENTIFIERS, ...PLAIN_ATTRIBUTES], profile.attributes),
    created: time(profile.createdAt),
    updated: time(profile.updatedAt),
    last_event_date: null,
    location: filledIn(LOCATION_ATTRIBUTES, profile.location),
    properties: profile.properties,
    ...additional(call.query, profile),
    ...(options.joinedAt === undefined ? {} : { joined_group_at: seconds(options.joinedAt) }),
  };
  return {
    type: 'profile',
    id: profile.id,
    attributes: sparse(call.query, 'profile', attributes),
    relationships: related(base, ['lists', 'segments', 'push-tokens', 'conversations']),
    links: { self: base },
  };
}

function filledIn(names: readonly string[], values: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, values[name] ?? null]));
}

function additional(query: Query, { consent }: Profile): object {
  const asked = query.names('additional-fields[profile]', ['subscriptions', 'predictive_analytics']) ?? [];
  const common = { consent_timestamp: null, last_updated: null, method: null, method_detail: '' };
  return {
    ...(asked.includes('predictive_analytics') ? { predictive_analytics: null } : {}),
    ...(asked.includes('subscriptions')
      ? {
          subscriptions: {
            email: {
              marketing: {
                // Mail to somebody who never subscribed is possible, text messages are not.
                can_receive_email_marketing: true,
                consent: consent.email,
                ...common,
                custom_method_detail: null,
                double_optin: null,
                suppression: [],
                list_suppressions: [],
              },
            },
            sms: { marketing: { can_receive_sms_marketing: isOn(consent.sms), consent: consent.sms, ...common } },
          },
        }
      : {}),
  };
}

function isOn(consent: Consent): boolean {
  return consent === 'SUBSCRIBED';
}
