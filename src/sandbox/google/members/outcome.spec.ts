import { afterEach, describe, expect, it } from '@jest/globals';
import { type SandboxOptions } from '../../sandbox.js';
import {
  ADDRESS,
  destinationOf,
  JANE,
  people,
  person,
  PHONE,
  QUINN,
  refusal,
  SpecGoogleClient,
  startGoogle,
} from '../spec-google-client.js';

let api: SpecGoogleClient;
let list: string;
afterEach(() => api.sandbox.stop());

async function start(options: SandboxOptions['google'] = {}): Promise<void> {
  api = await startGoogle(options);
  list = await api.list();
}

const quinn = person({ emailAddress: QUINN }, { phoneNumber: PHONE });
const german = person({ address: { ...ADDRESS, regionCode: 'DE' } });
const size = () => api.sandbox.google.audiences()[0]?.memberCount;
const ingestion = (status: Record<string, unknown>) =>
  (status['audienceMembersIngestionStatus'] as { compositeDataIngestionStatus: object }).compositeDataIngestionStatus;

describe('the status of a request', () => {
  it('is PROCESSING for a while, and tells no errors before', async () => {
    await start({ processingMs: 60_000 });
    api.sandbox.google.patchAudience(list, { failRecords: 1 });
    const { body } = await api.ingest(list, people(3));
    const id = String(body['requestId']);
    const before = await api.status(id);
    expect(before).toMatchObject({ destination: destinationOf(list), requestStatus: 'PROCESSING' });
    expect(before).not.toHaveProperty('errorInfo');
    expect(size()).toBe(0);
    api.sandbox.google.advanceClock(60_000);
    expect(await api.status(id)).toMatchObject({
      requestStatus: 'PARTIAL_SUCCESS',
      errorInfo: { errorCounts: [{ recordCount: '1', reason: 'PROCESSING_ERROR_REASON_INVALID_FORMAT' }] },
    });
    expect(size()).toBe(2);
  });

  it('counts what was sent, by kind', async () => {
    await start();
    const status = await api.ingested(list, [quinn, person({ emailAddress: JANE }), german]);
    expect(status).toMatchObject({ requestStatus: 'SUCCESS' });
    expect(status).not.toHaveProperty('errorInfo');
    expect(ingestion(status)).toEqual({
      recordCount: '3',
      dataTypeCounts: [
        { type: 'EMAIL', count: '2' },
        { type: 'PHONE_NUMBER', count: '1' },
        { type: 'ADDRESS', count: '1' },
      ],
      uploadMatchRateRange: 'MATCH_RATE_RANGE_NOT_ELIGIBLE',
    });
  });

  it('tells a range of matches from a hundred matches on', async () => {
    await start({ matchRate: 1 });
    expect(ingestion(await api.ingested(list, people(99)))).toMatchObject({
      uploadMatchRateRange: 'MATCH_RATE_RANGE_NOT_ELIGIBLE',
    });
    expect(ingestion(await api.ingested(list, people(100)))).toMatchObject({
      uploadMatchRateRange: 'MATCH_RATE_RANGE_91_TO_100',
    });
  });

  it('is FAILED when nothing could be used', async () => {
    await start();
    api.sandbox.google.patchAudience(list, {
      failNextRequest: true,
      failReason: 'PROCESSING_ERROR_REASON_INTERNAL_ERROR',
    });
    expect(await api.ingested(list, people(5))).toMatchObject({
      requestStatus: 'FAILED',
      errorInfo: { errorCounts: [{ recordCount: '5', reason: 'PROCESSING_ERROR_REASON_INTERNAL_ERROR' }] },
    });
    expect(await api.ingested(list, people(5))).toMatchObject({ requestStatus: 'SUCCESS' });
  });

  it('is not known of an id that was never given', async () => {
    await start();
    for (const query of ['?requestId=nobody', '']) {
      const answer = await api.call('GET', `requestStatus:retrieve${query}`);
      expect(refusal(answer)).toEqual([400, ['request_id', 'INVALID_REQUEST_ID']]);
    }
  });
});

describe('consent', () => {
  const granted = { adUserData: 'CONSENT_GRANTED', adPersonalization: 'CONSENT_GRANTED' };
  const denied = { ...granted, adPersonalization: 'CONSENT_DENIED' };
  const half = { adUserData: 'CONSENT_GRANTED' };

  it.each<[string, object | undefined, object, string | undefined]>([
    ['given for all', granted, german, undefined],
    ['given by the member, whatever the request says', denied, { ...german, consent: granted }, undefined],
    ['not given in Germany', undefined, german, 'NO_CONSENT'],
    ['given by half in Germany', half, german, 'NO_CONSENT'],
    ['not given in the United States', undefined, quinn, undefined],
    ['denied for all', denied, quinn, 'DENIED_CONSENT'],
    ['denied by the member', granted, { ...quinn, consent: denied }, 'DENIED_CONSENT'],
  ])('that is %s', async (_, consent, member, reason) => {
    await start();
    const status = await api.ingested(list, [member], { consent });
    expect(size()).toBe(reason === undefined ? 1 : 0);
    if (reason === undefined) expect(status).toMatchObject({ requestStatus: 'SUCCESS' });
    else {
      const errorCounts = [{ recordCount: '1', reason: `PROCESSING_ERROR_REASON_${reason}` }];
      expect(status).toMatchObject({ requestStatus: 'FAILED', errorInfo: { errorCounts } });
    }
  });

  it('is asked of those whom the platform knows to be in Europe', async () => {
    await start({ eeaDigests: [PHONE] });
    const status = await api.ingested(list, [quinn, ...people(1)], { consent: undefined });
    expect(status).toMatchObject({ requestStatus: 'PARTIAL_SUCCESS' });
    expect(size()).toBe(1);
  });
});

describe('members', () => {
  it('leave by any identifier, once the removal is final', async () => {
    await start({ processingMs: 1_000 });
    await api.ingested(list, [quinn, ...people(2)]);
    expect((await api.remove(list, [person({ phoneNumber: PHONE })])).status).toBe(200);
    expect(size()).toBe(3);
    api.sandbox.google.advanceClock(1_000);
    expect(size()).toBe(2);
  });

  it.each(['consent', 'termsOfService'])('are removed without %s, which is no field there', async (name) => {
    await start();
    const description = `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`;
    expect(refusal(await api.remove(list, [quinn], { [name]: {} }))).toEqual([400, ['', description]]);
  });

  it('stay as long as the list says, from when they last came', async () => {
    await start();
    const day = 86_400_000;
    await api.call(
      'PATCH',
      `accountTypes/GOOGLE_ADS/accounts/1234567890/userLists/${list}?updateMask=membershipDuration`,
      {
        membershipDuration: '172800s',
      },
    );
    await api.ingested(list, [quinn, ...people(1)]);
    api.sandbox.google.advanceClock(1.5 * day);
    // The access token has expired on the way.
    const later = await new SpecGoogleClient(api.sandbox).ingest(list, [quinn]);
    expect(later.status).toBe(200);
    api.sandbox.google.advanceClock(day);
    expect(size()).toBe(1);
  });

  it('all leave who came before a time', async () => {
    await start();
    await api.ingested(list, people(2));
    const time = new Date(api.sandbox.google.now()).toISOString();
    await api.ingested(list, people(1, 2));
    const destinations = [destinationOf(list)];
    const removeAll = (change: object) => api.call('POST', 'audienceMembers:removeAll', { destinations, ...change });
    const future = new Date(api.sandbox.google.now() + 60_000).toISOString();
    expect(refusal(await removeAll({ removeAsOfTime: future }))).toEqual([
      400,
      ['remove_as_of_time', 'INVALID_REMOVE_AS_OF_TIME'],
    ]);
    const { body } = await removeAll({ removeAsOfTime: time });
    api.sandbox.google.advanceClock(1_000);
    expect(await api.status(String(body['requestId']))).toMatchObject({
      requestStatus: 'SUCCESS',
      removeAllAudienceMembersStatus: {},
    });
    expect(size()).toBe(1);
    await removeAll({});
    api.sandbox.google.advanceClock(1_000);
    expect(size()).toBe(0);
  });
});
