import { beforeEach, describe, expect, it } from '@jest/globals';
import { Logger } from '@nestjs/common';
import type { CallContext } from '../contract/audience-provider.js';
import { PlatformUnavailableError, RequestRejectedError } from '../contract/provider-errors.js';
import type { GoogleApi, GoogleCall } from './google.api.js';
import { requestOutcome, requestTicket } from './google.request-status.js';

const ctx: CallContext = { deliveryId: 'd1', signal: new AbortController().signal };

let warnings: unknown[];
let calls: GoogleCall[];

beforeEach(() => {
  warnings = [];
  calls = [];
  const nothing = () => undefined;
  Logger.overrideLogger({ log: nothing, error: nothing, warn: (message: unknown) => void warnings.push(message) });
});

/** What becomes of ten rows when Google's answer is this. */
function outcomeOf(...statuses: unknown[]) {
  const api = {
    call: (call: GoogleCall) => {
      calls.push(call);
      return Promise.resolve({ requestStatusPerDestination: statuses });
    },
  } as unknown as GoogleApi;
  return requestOutcome(requestTicket('126365e1-16d0', 10), api, ctx);
}

const errors = (...counts: [string, unknown][]) => ({
  errorInfo: {
    errorCounts: counts.map(([reason, recordCount]) => ({ reason: `PROCESSING_ERROR_REASON_${reason}`, recordCount })),
  },
});

describe('a request', () => {
  it('is asked for by its id', async () => {
    await outcomeOf({ requestStatus: 'PROCESSING' });
    expect(calls).toMatchObject([
      { method: 'GET', path: '/requestStatus:retrieve', query: { requestId: '126365e1-16d0' }, target: 'status' },
    ]);
  });

  it.each<[object, number]>([
    [{ requestStatus: 'SUCCESS' }, 10],
    [{ requestStatus: 'SUCCESS', ...errors() }, 10],
    [{ requestStatus: 'SUCCESS', ...errors(['INVALID_FORMAT', '1']) }, 9],
    [{ requestStatus: 'PARTIAL_SUCCESS', ...errors(['NO_CONSENT', '3'], ['INVALID_FORMAT', 2]) }, 5],
    [{ requestStatus: 'PARTIAL_SUCCESS', ...errors(['INTERNAL_ERROR', '4']) }, 6],
    [{ requestStatus: 'PARTIAL_SUCCESS' }, 9],
    [{ requestStatus: 'PARTIAL_SUCCESS', ...errors(['NO_CONSENT', '40']) }, 0],
    [{ requestStatus: 'FAILED', ...errors(['NO_CONSENT', '6'], ['DENIED_CONSENT', '4']) }, 0],
    [{ requestStatus: 'FAILED', ...errors(['INVALID_FORMAT', undefined]) }, 0],
  ])('that ended with %j has so many rows accepted: %d', async (status, accepted) => {
    await expect(outcomeOf(status)).resolves.toEqual({ accepted, refused: [], refusedUnnamed: 10 - accepted });
  });

  it.each<[object, string]>([
    [{ requestStatus: 'FAILED' }, 'without a reason'],
    [{ requestStatus: 'FAILED', ...errors(['INTERNAL_ERROR', '10']) }, 'INTERNAL_ERROR (10)'],
    [
      { requestStatus: 'FAILED', ...errors(['NO_CONSENT', '5'], ['KEK_PERMISSION_DENIED', '5']) },
      'NO_CONSENT (5), KEK',
    ],
  ])('that failed as a whole is an error, which asking again does not mend: %j', async (status, words) => {
    const outcome = outcomeOf(status);
    await expect(outcome).rejects.toBeInstanceOf(RequestRejectedError);
    await expect(outcome).rejects.toThrow(words);
    await expect(outcome).rejects.toThrow('126365e1-16d0');
  });

  it.each<[unknown[]]>([
    [[]],
    [['SUCCESS']],
    [[{}]],
    [[{ requestStatus: 'REQUEST_STATUS_UNKNOWN' }]],
    [[{ requestStatus: 'SOMETHING_NEW' }]],
    [[{ requestStatus: 'SUCCESS', errorInfo: { errorCounts: {} } }]],
    [[{ requestStatus: 'SUCCESS', ...errors(['NO_CONSENT', 'many']) }]],
    [[{ requestStatus: 'SUCCESS', ...errors(['NO_CONSENT', '-1']) }]],
  ])('that is told of as %j is asked for again', async (statuses) => {
    await expect(outcomeOf(...statuses)).rejects.toBeInstanceOf(PlatformUnavailableError);
  });
});

describe('the log', () => {
  it('has the reasons of what was not used, and of what Google warns of', async () => {
    const warningCounts = [{ reason: 'PROCESSING_WARNING_REASON_INTERNAL_ERROR', recordCount: '2' }];
    await outcomeOf({
      requestStatus: 'PARTIAL_SUCCESS',
      ...errors(['NO_CONSENT', '3'], ['quinny@example.com', '1']),
      warningInfo: { warningCounts },
    });
    expect(warnings).toEqual([
      'Google did not use records of request 126365e1-16d0: NO_CONSENT (3), UNKNOWN (1)',
      'Google warns of records of request 126365e1-16d0: INTERNAL_ERROR (2)',
    ]);
  });

  it('has nothing when all went well', async () => {
    await outcomeOf({ requestStatus: 'SUCCESS', errorInfo: {}, warningInfo: {} });
    expect(warnings).toEqual([]);
  });
});
