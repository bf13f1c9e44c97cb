import { type FieldViolation, refused, violation } from '../api/api-error.js';
import { isObject } from '../api/message-schema.js';
import { LONGEST_MEMBERSHIP_SECONDS } from './user-list-store.js';
import { type NewUserList, type UploadKeyType } from './user-list.js';

type Body = Readonly<Record<string, unknown>>;

const DAY_SECONDS = 86_400;

/** A new list as its body asks for it, or a refusal that names everything that is wrong. */
export function newUserList(body: Body, account: string): NewUserList {
  const keys = uploadKeys(body);
  const [uploadKeyType] = keys;
  const problems: FieldViolation[] = [...nameProblems(body), ...durationProblems(body)];
  if (uploadKeyType === undefined || keys.length > 1 || uploadKeyType === 'UPLOAD_KEY_TYPE_UNSPECIFIED') {
    problems.push(violation('user_list.ingested_user_list_info.upload_key_types', 'REQUIRED_FIELD_MISSING'));
  } else if (!['CONTACT_ID', 'MOBILE_ID', 'USER_ID'].includes(uploadKeyType)) {
    problems.push(
      violation('user_list.ingested_user_list_info.upload_key_types', 'UNSUPPORTED_USER_LIST_UPLOAD_KEY_TYPES'),
    );
  }
  problems.push(...sourceProblems(body));
  if (problems.length > 0) throw refused(...problems);
  return {
    account,
    displayName: textOf(body['displayName']),
    description: textOf(body['description']),
    integrationCode: textOf(body['integrationCode']),
    membershipStatus: body['membershipStatus'] === 'CLOSED' ? 'CLOSED' : 'OPEN',
    membershipSeconds: membershipSeconds(body) ?? LONGEST_MEMBERSHIP_SECONDS,
    eligibleForSearch: true,
    accountAccessStatus: 'ENABLED',
    accessReason: 'OWNED',
    uploadKeyType: uploadKeyType as UploadKeyType,
    keyInfo: keyInfo(body),
  };
}

/** What is wrong with the name that a body gives. */
export function nameProblems(body: Body): FieldViolation[] {
  const name = textOf(body['displayName']);
  if (name === '') return [violation('user_list.display_name', 'REQUIRED_FIELD_MISSING')];
  return name.trim() === '' ? [violation('user_list.display_name', 'INVALID_DISPLAY_NAME')] : [];
}

/** Whole days, 540 at most. */
export function durationProblems(body: Body): FieldViolation[] {
  const seconds = membershipSeconds(body);
  if (seconds === undefined) return [];
  if (seconds <= 0 || seconds % DAY_SECONDS !== 0) {
    return [violation('user_list.membership_duration', 'INVALID_ARGUMENT', 'Must be a multiple of a day.')];
  }
  if (seconds <= LONGEST_MEMBERSHIP_SECONDS) return [];
  return [violation('user_list.membership_duration', 'MEMBERSHIP_DURATION_TOO_LONG')];
}

export function membershipSeconds(body: Body): number | undefined {
  const text = body['membershipDuration'];
  return typeof text === 'string' ? Number(text.slice(0, -1)) : undefined;
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** Other sources than one's own need an allow-list, on which nobody is. */
function sourceProblems(body: Body): FieldViolation[] {
  return Object.entries(keyInfo(body)).flatMap(([name, info]) => {
    const source = isObject(info) ? info['dataSourceType'] : undefined;
    const isOwn = source === undefined || source === 'DATA_SOURCE_TYPE_FIRST_PARTY';
    const field = `user_list.ingested_user_list_info.${name === 'contactIdInfo' ? 'contact_id_info' : name}.data_source_type`;
    return isOwn ? [] : [violation(field, 'ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA')];
  });
}

function uploadKeys(body: Body): readonly string[] {
  const info = body['ingestedUserListInfo'];
  const keys = isObject(info) ? info['uploadKeyTypes'] : undefined;
  return Array.isArray(keys) ? (keys as string[]) : [];
}

function keyInfo(body: Body): Record<string, unknown> {
  const info = body['ingestedUserListInfo'];
  if (!isObject(info)) return {};
  const { uploadKeyTypes: _keys, ...rest } = info;
  return rest;
}
