import { type ErrorObject, invalid, invalidBody, throwAll } from '../api/api-error.js';
import {
  type AttributeRules,
  checkType,
  checkValues,
  isObject,
  readResource,
  type Values,
} from '../api/body-reader.js';
import { type Answer, type ApiCall, type OperationTable, RATES } from '../api/operation.js';
import { type KlaviyoList } from '../lists/list.js';
import { isEmail, isPhone } from './identifiers.js';
import { type Profile } from './profile.js';

const TYPE = 'profile-subscription-bulk-create-job';
const MAX_PROFILES = 1000;
const POINTER = '/data/attributes/profiles/data';

const JOB: AttributeRules = {
  profiles: { kind: 'object', required: true },
  custom_source: { kind: 'string', nullable: true },
  historical_import: { kind: 'boolean', nullable: true },
};
/** Nothing else: names and properties are refused here. */
const SUBSCRIBER: AttributeRules = {
  email: { kind: 'string', nullable: true },
  phone_number: { kind: 'string', nullable: true },
  subscriptions: { kind: 'object', required: true },
  age_gated_date_of_birth: { kind: 'string', nullable: true },
};

/** Consent, which membership of a list is not. https://developers.klaviyo.com/en/docs/collect_email_and_sms_consent_via_api */
export class ConsentHandler {
  operations(): OperationTable {
    return {
      'POST /api/profile-subscription-bulk-create-jobs': {
        scopes: ['lists:write', 'profiles:write', 'subscriptions:write'],
        rate: RATES.l,
        answer: (call) => this.subscribe(call),
      },
    };
  }

  private subscribe(call: ApiCall): Answer {
    const { attributes, relationships } = readResource(call, TYPE);
    const errors: ErrorObject[] = [];
    checkValues(attributes, JOB, TYPE, '/data/attributes', errors);
    throwAll(errors);
    const rows = rowsOf(attributes, errors);
    throwAll(errors);
    const list = listOf(call, relationships);
    const isHistorical = attributes['historical_import'] === true;
    // Without a list or past consent a stranger is asked first, and so is everyone on a list with double opt-in.
    const isAsked = !isHistorical && list?.optInProcess !== 'single_opt_in';
    for (const row of rows) {
      const profile = isAsked ? undefined : profileOf(call, row);
      if (profile === undefined) continue;
      const { email, sms } = row['subscriptions'] as Values;
      if (isObject(email)) profile.consent.email = 'SUBSCRIBED';
      if (isObject(sms)) profile.consent.sms = 'SUBSCRIBED';
      list?.add(profile, call.now);
    }
    call.account.changed(call.now);
    const dropped = rows.some(({ phone_number: phone }) => typeof phone === 'string' && !isPhone(phone));
    return { status: 202, ...(dropped ? { headers: { 'X-Klaviyo-Partial-Failure': 'phone_number' } } : {}) };
  }
}

function rowsOf(attributes: Values, errors: ErrorObject[]): Values[] {
  const { data } = attributes['profiles'] as Values;
  if (!Array.isArray(data) || data.length < 1 || data.length > MAX_PROFILES) {
    throw invalidBody(`Between 1 and ${MAX_PROFILES} profiles are required.`, POINTER);
  }
  return (data as unknown[]).map((item, index) => {
    const pointer = `${POINTER}/${index}`;
    if (!isObject(item) || !isObject(item['attributes'])) {
      errors.push(invalid("'attributes' is a required field for the resource 'profile'.", pointer));
      return {};
    }
    checkType(item, 'profile', pointer, errors);
    const row = item['attributes'];
    const at = `${pointer}/attributes`;
    checkValues(row, SUBSCRIBER, 'profile', at, errors);
    const { email, phone_number: phone } = row;
    if (typeof email === 'string' && !isEmail(email)) errors.push(invalid('Invalid email address', `${at}/email`));
    if (email == null && phone == null) errors.push(invalid('One of email or phone_number is required.', at));
    if (email == null && typeof phone === 'string' && !isPhone(phone)) {
      const detail = 'Invalid phone number format (Example of a valid format: +12345678901)';
      errors.push(invalid(detail, `${at}/phone_number`));
    }
    return row;
  });
}

function listOf(call: ApiCall, relationships: Values): KlaviyoList | undefined {
  const { list } = relationships;
  if (list === undefined) return undefined;
  const data = isObject(list) && isObject(list['data']) ? list['data'] : {};
  const id = data['type'] === 'list' && typeof data['id'] === 'string' ? data['id'] : '';
  const found = call.account.lists.find(id);
  if (found === undefined) throw invalidBody(`List ID ${id} does not exist.`);
  return found;
}

function profileOf(call: ApiCall, row: Values): Profile {
  const { profiles } = call.account;
  const { email, phone_number: phone } = row;
  const attributes = { ...(email == null ? {} : { email }), ...(phone == null ? {} : { phone_number: phone }) };
  const described = { attributes, location: {}, properties: {} };
  return profiles.write(profiles.meantBy(described), described, { nulls: 'ignore', conflict: 'drop' }, call.now);
}
