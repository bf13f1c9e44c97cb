import { type ErrorObject, invalidBody, notFound, throwAll } from '../api/api-error.js';
import { type AttributeRules, checkValues, isObject, readResource } from '../api/body-reader.js';
import { type Answer, type ApiCall, type OperationTable, RATES } from '../api/operation.js';

const POINTER = '/data/attributes/profile/data';
const JOB: AttributeRules = { profile: { kind: 'object', required: true } };
const PROFILE: AttributeRules = {
  email: { kind: 'string', nullable: true },
  phone_number: { kind: 'string', nullable: true },
};

/** Erasure, at once and for good. https://developers.klaviyo.com/en/reference/request_profile_deletion */
export class PrivacyHandler {
  operations(): OperationTable {
    return {
      'POST /api/data-privacy-deletion-jobs': {
        scopes: ['data-privacy:write'],
        rate: RATES.s,
        answer: (call) => this.erase(call),
      },
    };
  }

  private erase(call: ApiCall): Answer {
    const { account, now } = call;
    const [name, value] = identifierOf(call);
    const profile = name === 'id' ? account.profiles.find(value) : account.profiles.findBy(name, value);
    if (profile === undefined) {
      throw notFound(`No profile with ${name} "${value}" found.  The profile may have already been deleted.`);
    }
    account.erase(profile, now);
    return { status: 202 };
  }
}

function identifierOf(call: ApiCall): readonly ['id' | 'email' | 'phone_number', string] {
  const { attributes } = readResource(call, 'data-privacy-deletion-job');
  const errors: ErrorObject[] = [];
  checkValues(attributes, JOB, 'data-privacy-deletion-job', '/data/attributes', errors);
  throwAll(errors);
  const { data } = attributes['profile'] as Record<string, unknown>;
  if (!isObject(data) || data['type'] !== 'profile' || !isObject(data['attributes'])) {
    throw invalidBody("A resource of the type 'profile' is required.", POINTER);
  }
  checkValues(data['attributes'], PROFILE, 'profile', `${POINTER}/attributes`, errors);
  throwAll(errors);
  const { email, phone_number } = data['attributes'];
  const given = Object.entries({ id: data['id'], email, phone_number }).filter(([, value]) => (value ?? '') !== '');
  const [first] = given;
  if (first === undefined || given.length > 1) {
    throw invalidBody('Exactly one of id, email and phone_number is required.', POINTER);
  }
  return first as ['id' | 'email' | 'phone_number', string];
}
