import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import { PlatformUnavailableError } from '../../contract/provider-errors.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { FacebookTag } from '../facebook.config.js';
import { FacebookGraph } from '../facebook.graph.js';
import { audiencesNamed } from './facebook.lookup.js';

const ACCOUNT = '1234567890';
const NEXT = 'http://127.0.0.1:1/stolen?access_token=EAAtoken';
const ctx = { deliveryId: 'd1', signal: new AbortController().signal };

let sandbox: Sandbox;
let http: PlatformHttp;

beforeEach(async () => {
  sandbox = await startSandbox();
  http = new PlatformHttp(new HttpService());
});

afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox.stop();
});

function search() {
  const settings = { accessToken: 'EAAtokenOfTheTest', adAccountId: ACCOUNT, baseUrl: sandbox.facebook.origin };
  const graph = new FacebookGraph(Object.assign(new FacebookTag(), settings), http);
  return audiencesNamed('Buyers', ACCOUNT, graph, ctx);
}

/** Lets the list answer with these pages, the last one for ever. */
function listAnswers(...pages: object[]): void {
  const last = pages.length - 1;
  const faults = pages.map((body, at) => ({ body, ...(at < last && { times: 1 }) }));
  sandbox.facebook.addFaults(...faults.map((fault) => ({ kind: 'status' as const, status: 200, ...fault })));
}

const cursors = () => sandbox.facebook.requests({ method: 'GET' }).requests.map(({ query }) => query['after']);

describe('audiencesNamed', () => {
  it('goes by the cursor, never by the address of the next page', async () => {
    const buyers = { id: '7', name: 'Buyers' };
    listAnswers(
      { data: [], paging: { cursors: { after: 'QVFJ' }, next: NEXT } },
      { data: [buyers], paging: { cursors: { after: 'QVFK' } } },
    );
    await expect(search()).resolves.toEqual([buyers]);
    expect(cursors()).toEqual([undefined, 'QVFJ']);
  });

  it.each([undefined, null, {}, { cursors: { after: 'QVFJ' } }, { cursors: { after: 'QVFJ' }, next: null }])(
    'ends where no next page is told: %j',
    async (paging) => {
      listAnswers({ data: [], paging });
      await expect(search()).resolves.toEqual([]);
      expect(cursors()).toHaveLength(1);
    },
  );

  it.each([{}, { cursors: null }, { cursors: {} }, { cursors: { after: '' } }, { cursors: { after: 7 } }])(
    'does not take a next page that cannot be read for the end: %j',
    async (paging) => {
      listAnswers({ data: [], paging: { ...paging, next: NEXT } });
      const found = search();
      await expect(found).rejects.toBeInstanceOf(PlatformUnavailableError);
      await expect(found).rejects.toThrow('answer not understood: a next page without its cursor');
    },
  );

  it('does not take pages that go round in circles for all of them', async () => {
    listAnswers({ data: [], paging: { cursors: { after: 'QVFJ' }, next: NEXT } });
    const found = search();
    await expect(found).rejects.toBeInstanceOf(PlatformUnavailableError);
    await expect(found).rejects.toThrow('round in circles');
    expect(cursors()).toEqual([undefined, 'QVFJ']);
  });
});
