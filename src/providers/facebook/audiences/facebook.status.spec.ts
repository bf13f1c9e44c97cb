import { describe, expect, it } from '@jest/globals';
import { type FacebookAudienceState, facebookStatus, type FacebookStatusFacts } from './facebook.status.js';

const NOW = new Date('2026-11-21T12:00:00Z');
const HOUR = 3_600_000;

const ago = (hours: number) => new Date(NOW.getTime() - hours * HOUR);

const normal: FacebookAudienceState = {
  operation: 200,
  delivery: 200,
  isCounted: true,
  contentUpdatedAt: ago(1),
  operationText: '',
  deliveryText: '',
  flaggedFields: [],
};
const old: FacebookStatusFacts = { now: NOW, createdAt: ago(1_000), lastUploadAt: ago(100) };
const fresh: FacebookStatusFacts = { ...old, lastUploadAt: ago(2) };
const never: FacebookStatusFacts = { ...old, lastUploadAt: null };

type Row = readonly [what: string, state: Partial<FacebookAudienceState>, facts: FacebookStatusFacts, expected: string];

const TABLE: readonly Row[] = [
  // Row 1: failures, whatever else is true.
  ...[415, 432, 433, 470, 471, 500].flatMap((operation): Row[] => [
    [`operation ${operation}`, { operation }, old, 'error'],
    [`operation ${operation} after an upload`, { operation, delivery: 300 }, fresh, 'error'],
  ]),
  ...[400, 401, 500].map((delivery): Row => [`delivery ${delivery}`, { delivery }, fresh, 'error']),
  ['delivery 400 while it is replaced', { operation: 414, delivery: 400 }, old, 'error'],
  // Row 2: Facebook is at it.
  ...[414, 434, 410].map((operation): Row => [`operation ${operation}, deliverable`, { operation }, old, 'populating']),
  ['operation 441, too small', { operation: 441, delivery: 300 }, old, 'populating'],
  ['operation 441, delivery not told', { operation: 441, delivery: undefined }, old, 'populating'],
  // Row 3: what was sent in the last 24 hours.
  ['delivery 300 soon after an upload', { delivery: 300 }, fresh, 'populating'],
  ['no delivery code soon after an upload', { delivery: undefined }, fresh, 'populating'],
  ['delivery 0 soon after an upload', { delivery: 0 }, fresh, 'populating'],
  ['no counts soon after an upload', { isCounted: false }, fresh, 'populating'],
  ['content older than the upload', { contentUpdatedAt: ago(3) }, fresh, 'populating'],
  ['content a moment older than the upload', { contentUpdatedAt: new Date(ago(2).getTime() - 5_000) }, fresh, 'ready'],
  ['content newer than the upload', {}, fresh, 'ready'],
  ['no time of the content', { contentUpdatedAt: undefined }, fresh, 'ready'],
  // Row 4.
  ['delivery 300 a day after the upload', { delivery: 300 }, { ...old, lastUploadAt: ago(24) }, 'too-small'],
  ['delivery 300 without an upload', { delivery: 300 }, never, 'too-small'],
  ['delivery 300 and a low match rate', { operation: 411, delivery: 300 }, old, 'too-small'],
  // Row 5.
  ...[0, 100, 200, 400, 411, 412, 431, 441, 442, 450].map((operation): Row => [
    `delivery 200 and operation ${operation}`,
    { operation },
    old,
    'ready',
  ]),
  ['no counts long after an upload', { isCounted: false }, old, 'ready'],
  ['content older than an upload of long ago', { contentUpdatedAt: ago(200) }, old, 'ready'],
  // Row 6.
  ['a pixel without news, new', { operation: 421 }, { ...never, createdAt: ago(47) }, 'populating'],
  ['a pixel without news, old', { operation: 421 }, { ...never, createdAt: ago(48) }, 'error'],
  [
    'no delivery code 47 hours after an upload',
    { delivery: undefined },
    { ...old, lastUploadAt: ago(47) },
    'populating',
  ],
  ['no delivery code 48 hours after an upload', { delivery: undefined }, { ...old, lastUploadAt: ago(48) }, 'error'],
];

describe('facebookStatus', () => {
  it.each(TABLE)('%s', (_, state, facts, expected) => {
    const verdict = facebookStatus({ ...normal, ...state }, facts);
    expect(verdict.status).toBe(expected);
    const isPlain = expected === 'ready' && state.operation !== 441;
    expect(verdict.statusReason).toEqual(isPlain ? null : expect.stringMatching(/\w{3}/));
  });

  it('says why in Facebook’s words and names what was flagged', () => {
    const state = {
      ...normal,
      operation: 471,
      operationText: 'This audience was flagged',
      flaggedFields: ['name', 'rule'],
    };
    expect(facebookStatus(state, old).statusReason).toBe(
      'Facebook flagged it in an integrity check; a person must appeal (name, rule): This audience was flagged',
    );
    expect(facebookStatus({ ...normal, delivery: 401, deliveryText: 'Inactive' }, old).statusReason).toBe(
      'Facebook cannot deliver to it (delivery 401): Inactive',
    );
  });
});
