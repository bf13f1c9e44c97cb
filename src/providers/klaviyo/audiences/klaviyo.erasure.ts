import type { ManagementContext } from '../../contract/audience-manager.js';
import type { KlaviyoApi } from '../klaviyo.api.js';
import { klaviyoErrors } from '../klaviyo.errors.js';
import { contactsOf, type KlaviyoRow } from '../klaviyo.profile.js';
import { pause } from './klaviyo.pace.js';

/** Erasures may come three a second, and 60 a minute. */
const BURST_PAUSE_MS = 350;
const STEADY_PAUSE_MS = 1_050;
const MOST_IN_A_BURST = 50;

type Identifier = Readonly<Record<'email' | 'phone_number', string>>;

/**
 * Has Klaviyo delete the profiles of people for good, whatever lists they are in. A job takes one identifier and deletes all
 * profiles that have it, those of others with the same number included; that there is none is as good.
 * https://developers.klaviyo.com/en/reference/request_profile_deletion (section 8 of the notes)
 */
export async function eraseProfiles(
  people: readonly KlaviyoRow[],
  api: KlaviyoApi,
  ctx: ManagementContext,
): Promise<void> {
  const identifiers = identifiersOf(people);
  const pauseMs = identifiers.length > MOST_IN_A_BURST ? STEADY_PAUSE_MS : BURST_PAUSE_MS;
  for (const [index, identifier] of identifiers.entries()) {
    if (index > 0) await pause(pauseMs, ctx);
    await eraseOne(identifier, api, ctx);
  }
}

async function eraseOne(attributes: Partial<Identifier>, api: KlaviyoApi, ctx: ManagementContext): Promise<void> {
  const profile = { data: { type: 'profile', attributes } };
  const body = { data: { type: 'data-privacy-deletion-job', attributes: { profile } } };
  const call = { method: 'POST', path: '/api/data-privacy-deletion-jobs', target: 'erasure', body } as const;
  const answer = await api.send(call, ctx);
  const isUnknown =
    answer.status === 404 && klaviyoErrors(answer.body).some(({ detail }) => /^No profile/.test(detail));
  if (!isUnknown) api.check(answer, 'erasure');
}

function identifiersOf(people: readonly KlaviyoRow[]): Partial<Identifier>[] {
  const contacts = people.map(contactsOf);
  const emails = new Set(contacts.flatMap(({ email }) => email ?? []));
  const phones = new Set(contacts.flatMap(({ phone }) => phone ?? []));
  return [...[...emails].map((email) => ({ email })), ...[...phones].map((phone) => ({ phone_number: phone }))];
}
