import { accountOf, objectOf, refuseUnknown, type RestCall } from '../rest/rest-call.js';
import { badRequest } from '../rest/rest-error.js';
import { type NewSegment } from './segment.js';

/** The source of audiences that the platform grows by itself. */
export const PREDICTIVE = 'LINKEDIN_BUSINESS_OBJECTIVE_BASED_AUDIENCES';

const LISTS = 'LIST_UPLOAD';
const TYPES = ['USER', 'COMPANY', 'USER_LIST_UPLOAD', 'COMPANY_LIST_UPLOAD'];
const LONGEST_TEXT = 1_000;
/** `accessPolicy` left the schema with 202406. */
const FIELDS = ['name', 'description', 'sourcePlatform', 'sourceSegmentId', 'account', 'type', 'destinations'];

/**
 * Reads the body that makes a segment.
 * https://learn.microsoft.com/en-us/linkedin/marketing/matched-audiences/create-and-manage-segments
 */
export function readNewSegment(body: RestCall['body'], sourcePlatforms: readonly string[]): NewSegment {
  refuseUnknown(body, FIELDS, 'The segment');
  const account = accountOf(body['account']);
  const type = textOf(body, 'type');
  const sourcePlatform = textOf(body, 'sourcePlatform');
  if (type === undefined || !TYPES.includes(type)) throw badRequest(`type must be one of ${TYPES.join(', ')}`);
  if (sourcePlatform === undefined || ![...sourcePlatforms, PREDICTIVE, LISTS].includes(sourcePlatform)) {
    throw badRequest('sourcePlatform is not one that this app may use', 'FIELD_VALUE_NOT_ALLOWED');
  }
  if (type.endsWith(LISTS) !== (sourcePlatform === LISTS)) throw badRequest('type does not fit sourcePlatform');
  checkDestinations(body['destinations']);
  const name = textOf(body, 'name');
  if (name === undefined) throw badRequest('name is required', 'MISSING_FIELD');
  const sourceSegmentId = textOf(body, 'sourceSegmentId');
  const description = textOf(body, 'description');
  return {
    ...{ account, type, sourcePlatform, name },
    ...(sourceSegmentId === undefined ? {} : { sourceSegmentId }),
    ...(description === undefined ? {} : { description }),
  };
}

/** Reads what a partial update sets: nothing but name and description can be changed. */
export function readPatch(body: RestCall['body']): { readonly name?: string; readonly description?: string } {
  refuseUnknown(body, ['patch'], 'The update');
  const patch = objectOf(body['patch'], 'patch');
  refuseUnknown(patch, ['$set'], 'patch');
  const set = objectOf(patch['$set'], 'patch.$set');
  refuseUnknown(set, ['name', 'description'], 'patch.$set');
  if (Object.keys(set).length === 0) throw badRequest('patch.$set is empty');
  const name = textOf(set, 'name');
  const description = textOf(set, 'description');
  return { ...(name === undefined ? {} : { name }), ...(description === undefined ? {} : { description }) };
}

function checkDestinations(destinations: unknown): void {
  const [only, ...more] = Array.isArray(destinations) ? (destinations as unknown[]) : [];
  const fields = objectOf(only, 'destinations');
  refuseUnknown(fields, ['destination'], 'destinations');
  if (fields['destination'] !== 'LINKEDIN' || more.length > 0) {
    throw badRequest('destinations must be LINKEDIN alone', 'FIELD_VALUE_NOT_ALLOWED');
  }
}

function textOf(fields: RestCall['body'], name: string): string | undefined {
  const value = fields[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string' || value.trim() === '' || value.length > LONGEST_TEXT) {
    throw badRequest(`${name} must be a text of 1 to ${LONGEST_TEXT} characters`, 'FIELD_INVALID');
  }
  return value;
}
