import { describe, expect, it } from '@jest/globals';
import { RequestRejectedError } from '../contract/provider-errors.js';
import type { PlatformResponse } from '../kit/platform-http.js';
import type { GoogleCallTarget } from './google.error-table.js';
import { googleError } from './google.errors.js';

const TOKEN = 'ya29.ofTheTest_1234567890';
const REQUEST = 't-a8896317-0000-4000-8000-000000000000';

interface Said {
  readonly status?: string;
  readonly message?: string;
  readonly reason?: string;
  readonly metadata?: object;
  readonly violations?: readonly object[];
  readonly retryDelay?: string;
}

function bodyOf(code: number, { status, message = 'no', reason, metadata, violations, retryDelay }: Said): object {
  const type = (name: string) => ({ '@type': `type.googleapis.com/google.rpc.${name}` });
  const details = [
    { ...type('ErrorInfo'), reason: reason ?? status, domain: 'datamanager.googleapis.com', metadata },
    { ...type('RequestInfo'), requestId: REQUEST },
    ...(violations ? [{ ...type('BadRequest'), fieldViolations: violations }] : []),
    ...(retryDelay ? [{ ...type('RetryInfo'), retryDelay }] : []),
  ];
  return { error: { code, message, status, details } };
}

function errorFor(answer: Partial<PlatformResponse>, target: GoogleCallTarget = 'members') {
  const rows = target === 'members' ? 3 : undefined;
  const error = googleError({ status: 200, headers: {}, body: '', ...answer }, { target, secrets: [TOKEN], rows });
  if (!error) throw new Error('no error');
  return error;
}

const errorOf = (status: number, said: Said, target?: GoogleCallTarget) =>
  errorFor({ status, body: bodyOf(status, said) }, target);
const invalid = (violations: readonly object[], target?: GoogleCallTarget) =>
  errorOf(400, { status: 'INVALID_ARGUMENT', violations }, target);
const at = (field: string, reason: string) => ({ field, reason, description: 'Not like this.' });

describe('a failure of the Google Ads API', () => {
  const type = (name: string) => ({ '@type': `type.googleapis.com/google.ads.googleads.v26.errors.${name}` });
  const failureOf = (family: string, code: string, status = 400) => {
    const errors = [{ errorCode: { [family]: code }, message: `Said with ${TOKEN}.` }];
    const details = [{ ...type('GoogleAdsFailure'), errors, requestId: 'ads-request-1' }];
    return errorFor({ status, body: { error: { code: status, status: 'INVALID_ARGUMENT', details } } }, 'ads');
  };

  it.each([
    ['userListError', 'SEED_LIST_DOES_NOT_EXIST', 400, 'audience-missing'],
    ['userListError', 'INVALID_SEED_LIST_TYPE', 400, 'request-rejected'],
    ['userListError', 'INVALID_SEED_LIST_ACCESS_REASON', 400, 'request-rejected'],
    ['userListError', 'INVALID_COUNTRY_CODES', 400, 'request-rejected'],
    ['userListError', 'DUPLICATE_LOOKALIKE', 400, 'request-rejected'],
    ['userListError', 'NAME_ALREADY_USED', 400, 'request-rejected'],
    ['userListError', 'SOMETHING_NEW', 400, 'request-rejected'],
    ['databaseError', 'CONCURRENT_MODIFICATION', 400, 'platform-unavailable'],
    ['authorizationError', 'CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION', 403, 'permission-denied'],
    ['authorizationError', 'ACTION_NOT_PERMITTED', 403, 'permission-denied'],
    ['authorizationError', 'USER_PERMISSION_DENIED', 403, 'permission-denied'],
    ['notAllowlistedError', 'CUSTOMER_NOT_ALLOWLISTED_FOR_THIS_FEATURE', 403, 'permission-denied'],
    ['requestError', 'UNSUPPORTED_VERSION', 400, 'permission-denied'],
    ['quotaError', 'RESOURCE_EXHAUSTED', 429, 'rate-limited'],
  ])('%s %s', (family, code, status, expected) => {
    const { code: found, platformCode, message } = failureOf(family, code, status);
    expect([found, platformCode]).toEqual([expected, `${status}/${code}`]);
    expect(message).toContain('(request ads-request-1)');
    expect(message).not.toContain(TOKEN);
  });

  it('is told in other words than the same of the Data Manager API', () => {
    const words = (reason: string, target: GoogleCallTarget) => errorOf(403, { reason }, target).message;
    expect(words('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'ads')).toContain('adwords');
    expect(words('ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'list')).toContain('datamanager');
    expect(words('SERVICE_DISABLED', 'ads')).toContain('Google Ads API');
    expect(words('SERVICE_DISABLED', 'list')).toContain('Data Manager API');
  });
});

describe('a reason', () => {
  it.each<[number, string, string[]]>([
    [403, 'permission-denied', ['SERVICE_DISABLED', 'ACCESS_TOKEN_SCOPE_INSUFFICIENT', 'PERMISSION_DENIED']],
    [403, 'permission-denied', ['NOT_ALLOWLISTED', 'DATA_PARTNER_LINK_NOT_FOUND', 'SOMETHING_NEW']],
    [400, 'permission-denied', ['NOT_ALLOWLISTED', 'ADVERTISER_NOT_ALLOWLISTED_FOR_UPLOADED_DATA']],
    [400, 'permission-denied', ['USER_LIST_TYPE_NOT_SUPPORTED_FOR_ACCOUNT', 'DATA_PARTNER_NOT_LINKED']],
    [400, 'terms-not-accepted', ['TERMS_AND_CONDITIONS_NOT_SIGNED', 'ADVERTISER_TOS_NOT_ACCEPTED']],
    [400, 'terms-not-accepted', ['EU_POLITICAL_ADVERTISING_DECLARATION_REQUIRED']],
    [404, 'audience-missing', ['NOT_FOUND']],
    [400, 'audience-missing', ['INVALID_USER_LIST_ID']],
    [400, 'audience-blocked', ['INVALID_USER_LIST_TYPE']],
    [400, 'permission-denied', ['INVALID_DESTINATION', 'OPERATING_ACCOUNT_LOGIN_ACCOUNT_MISMATCH']],
    [400, 'permission-denied', ['DESTINATION_ACCOUNT_TYPE_MISMATCH', 'INVALID_RESOURCE_NAME']],
    [400, 'permission-denied', ['LINKED_ACCOUNT_ONLY_ALLOWED_WITH_DATA_PARTNER_LOGIN_ACCOUNT']],
    [400, 'chunk-too-large', ['TOO_MANY_AUDIENCE_MEMBERS']],
    [400, 'request-rejected', ['TOO_MANY_DESTINATIONS', 'MULTIPLE_DATA_TYPES_NOT_ALLOWED', 'FIELD_VALUE_TOO_LONG']],
    [400, 'request-rejected', ['INVALID_ENUM_VALUE', 'INVALID_FORMAT', 'INVALID_DISPLAY_NAME', 'SOMETHING_NEW']],
    [400, 'request-rejected', ['DISPLAY_NAME_ALREADY_USED', 'INVALID_REQUEST_ID']],
    [409, 'request-rejected', ['ALREADY_EXISTS']],
  ])('at HTTP %d means %s: %j', (status, expected, reasons) => {
    for (const reason of reasons) {
      const ofField = errorOf(status, { status: 'INVALID_ARGUMENT', violations: [at('destinations[0]', reason)] });
      const ofRequest = errorOf(status, { reason });
      for (const error of [ofField, ofRequest]) {
        expect([reason, error]).toMatchObject([reason, { code: expected, platformCode: `${status}/${reason}` }]);
      }
    }
  });

  it.each<[GoogleCallTarget, string]>([
    ['members', 'audience-missing'],
    ['lists', 'permission-denied'],
    ['status', 'request-rejected'],
  ])('NOT_FOUND of %s means %s', (target, expected) => {
    expect(errorOf(404, { status: 'NOT_FOUND' }, target).code).toBe(expected);
  });

  it('of a field counts before that of the request', () => {
    const violations = [at('audience_members[0]', 'INVALID_HEX_ENCODING'), at('x', 'INVALID_USER_LIST_ID')];
    expect(errorOf(400, { reason: 'INVALID_ARGUMENT', violations }).code).toBe('audience-missing');
  });
});

describe('a status', () => {
  it.each<[number, string]>([
    [401, 'credentials-rejected'],
    [403, 'permission-denied'],
    [404, 'audience-missing'],
    [400, 'request-rejected'],
    [408, 'platform-unavailable'],
    [409, 'platform-unavailable'],
    [413, 'chunk-too-large'],
    [429, 'rate-limited'],
    [500, 'platform-unavailable'],
    [502, 'platform-unavailable'],
    [503, 'platform-unavailable'],
    [504, 'platform-unavailable'],
    [302, 'platform-unavailable'],
  ])('%d without Google’s words means %s', (status, code) => {
    const error = errorFor({ status, body: '<html>quinny@example.com</html>' });
    expect(error).toMatchObject({ code, platformCode: `${status}/http` });
    expect(error.message).not.toContain('quinny');
  });

  it('counts before the reason where it says it all', () => {
    expect(errorOf(503, { reason: 'NOT_FOUND' }).code).toBe('platform-unavailable');
    expect(errorOf(409, { status: 'ABORTED' }).code).toBe('platform-unavailable');
  });

  it.each([200, 204])('%d is no error', (status) => {
    expect(googleError({ status, headers: {}, body: {} }, { target: 'lists', secrets: [TOKEN] })).toBeUndefined();
  });
});

describe('rows at fault', () => {
  const rowsOf = (...violations: object[]) => (invalid(violations) as RequestRejectedError).rows;
  const email = '.composite_data.user_data.user_identifiers[0].email_address';

  it('are those that Google names, each once', () => {
    expect(
      rowsOf(
        at(`audience_members[0]${email}`, 'INVALID_HEX_ENCODING'),
        at(
          `audience_members[2].composite_data.user_data.user_identifiers[1].address.postal_code`,
          'INVALID_POSTAL_CODE',
        ),
        at(`audience_members[2]${email}`, 'INVALID_SHA256_FORMAT'),
      ),
    ).toEqual([
      { row: 0, reason: 'invalid-format' },
      { row: 2, reason: 'invalid-format' },
    ]);
  });

  it('are found where the list is named twice', () => {
    const field = 'audience_members.audience_members[1].user_data.user_identifiers[0]';
    expect(rowsOf(at(field, 'NO_IDENTIFIERS_PROVIDED'))).toEqual([{ row: 1, reason: 'refused-by-platform' }]);
  });

  it.each<[string, object[]]>([
    [
      'something else is wrong as well',
      [at(`audience_members[0]${email}`, 'INVALID_HEX_ENCODING'), at('encoding', 'REQUIRED_FIELD_MISSING')],
    ],
    ['the reason is none of a row', [at('audience_members[0]', 'MULTIPLE_DATA_TYPES_NOT_ALLOWED')]],
    ['there is no such row', [at('audience_members[3]', 'INVALID_AUDIENCE_MEMBER')]],
    ['the JSON was not understood', [{ field: 'audience_members[0]', description: 'Unknown name "x"' }]],
    ['nothing is named', []],
  ])('are none when %s', (_, violations) => {
    const error = invalid(violations);
    expect(error).toBeInstanceOf(RequestRejectedError);
    expect(error).toMatchObject({ rows: [] });
  });
});

describe('the wait', () => {
  const limited = (metadata: object, headers: Record<string, string> = {}, retryDelay?: string) =>
    errorFor({ status: 429, headers, body: bodyOf(429, { reason: 'RATE_LIMIT_EXCEEDED', metadata, retryDelay }) });

  it.each<[object, Record<string, string>, string | undefined, number | undefined]>([
    [{ quota_limit: 'IngestionMutateRequestsPerMinutePerProject' }, {}, undefined, undefined],
    [{ quota_limit: 'IngestionMutateRequestsPerDayPerProject' }, {}, undefined, 3_600_000],
    [{ quota_limit: 'IngestionMutateRequestsPerDayPerProject' }, { 'retry-after': '7' }, undefined, 7_000],
    [{}, {}, '3.5s', 3_500],
    [{}, {}, 'soon', undefined],
  ])('of a quota %j, %j, %j', (metadata, headers, retryDelay, expected) => {
    expect(limited(metadata, headers, retryDelay)).toMatchObject({ code: 'rate-limited', retryAfterMs: expected });
  });

  it('is that which an outage asks for', () => {
    expect(errorFor({ status: 503, headers: { 'retry-after': '9' } }).retryAfterMs).toBe(9_000);
  });
});

describe('the message', () => {
  it('has the reason, the field and the id of the request', () => {
    expect(errorOf(403, { reason: 'SERVICE_DISABLED', message: 'Enable it first.' }).message).toBe(
      `Google: the Data Manager API is not enabled in the Cloud project: Enable it first. (request ${REQUEST})`,
    );
    expect(invalid([at('filter', 'INVALID_FILTER')], 'lists').message).toBe(
      `Google: the request is not accepted: filter: INVALID_FILTER Not like this. (request ${REQUEST})`,
    );
  });

  it('has none of the words that may quote a member', () => {
    const description = `Invalid value at 'audience_members[0].postal_code' (TYPE_STRING), "SW1A 1AA"`;
    const violations = [{ field: 'audience_members[0].postal_code', description, reason: 'INVALID_POSTAL_CODE' }];
    const error = errorOf(400, { status: 'INVALID_ARGUMENT', message: description, violations });
    expect(error.message).toContain('audience_members[0].postal_code: INVALID_POSTAL_CODE');
    expect(errorOf(400, { status: 'INVALID_ARGUMENT', message: description }).message).not.toContain('SW1A');
    expect(error.message).not.toContain('SW1A');
  });

  it('has neither token nor anything that looks like a value', () => {
    const message = `Token ${TOKEN} of quinny@example.com, +1 800 555 0100`;
    expect(errorOf(403, { message, status: 'PERMISSION_DENIED' }).message).not.toMatch(/ya29|quinny|555/);
  });
});
