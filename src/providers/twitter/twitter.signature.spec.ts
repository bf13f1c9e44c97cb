import { describe, expect, it } from '@jest/globals';
import { oauthHeader, type OauthKeys, queryText } from './twitter.signature.js';

const KEYS: OauthKeys = {
  consumerKey: 'ckDemo7hQp2vXw9LrT4',
  consumerSecret: 'csDemo_Zk81NnbYtR5uQeW3xLd0PaVfGhJm',
  accessToken: '1528000001-tkDemoA1b2C3d4E5f6G7h8',
  accessTokenSecret: 'tsDemo_9s8R7q6P5o4N3m2L1k0JiHgFeDc',
};
const STAMP = { nonce: 'q7Yb2Nf0Vw8RkL3mTz6H', timestamp: 1795219200 };
const ACCOUNT = 'https://ads-api.x.com/12/accounts/18ce54d4x5t';
const SALE = 'Spring Sale (VIP) + Café';

function signatureOf(header: string): string {
  return decodeURIComponent(/oauth_signature="([^"]+)"/.exec(header)?.[1] ?? '');
}

const sign = (method: string, url: string, form?: Record<string, string>) =>
  signatureOf(oauthHeader({ method, url, form }, KEYS, STAMP));

describe('the signature', () => {
  it.each([
    ['V1', 'POST', `${ACCOUNT}/custom_audiences/1nmth/users`, {}, 'fHrXRAVbDsoTKS8U3kdaW4DUxQ0='],
    [
      'V2',
      'GET',
      `${ACCOUNT}/custom_audiences`,
      { count: 200, q: SALE, with_deleted: 'false' },
      'J5OWIKSVBxKSmck8YMpQuzwtSTM=',
    ],
    [
      'V3',
      'POST',
      `${ACCOUNT}/custom_audiences`,
      { name: SALE, description: 'tag: 42, daily' },
      'EiwuOFcQ8W5geHWXGqtQJPVwal0=',
    ],
    ['V4', 'PUT', `${ACCOUNT}/custom_audiences/1nmth`, { name: 'Renamed!' }, '5iIncw/l5OToDzzZdOKCVj/T4o8='],
    ['V5', 'DELETE', `${ACCOUNT}/custom_audiences/1nmth`, {}, '2JZxPW+qWB6oOhMSqTC9Z1CQm+c='],
    [
      'V6',
      'POST',
      `${ACCOUNT}/custom_audiences/1nmth/permissions`,
      { granted_account_id: '18ce54aymz3', permission_level: 'READ_ONLY' },
      'ByC0in5VoxS/86cRXb5lrr07TSU=',
    ],
    [
      'V7',
      'POST',
      'https://ads-api.twitter.com/12/accounts/18ce54d4x5t/custom_audiences/1nmth/users',
      {},
      'x4+tJSqNJEHNYfI4NnEsAqByJlA=',
    ],
  ] as const)('%s: %s %s %j', (_, method, url, query, signature) => {
    const text = queryText(query);
    expect(sign(method, text === '' ? url : `${url}?${text}`)).toBe(signature);
  });

  it('V3b: covers a form body like a query', () => {
    const form = { name: SALE, description: 'tag: 42, daily' };
    expect(sign('POST', `${ACCOUNT}/custom_audiences`, form)).toBe('EiwuOFcQ8W5geHWXGqtQJPVwal0=');
  });

  it('V8: needs no token', () => {
    const { consumerKey, consumerSecret } = KEYS;
    const url = 'https://api.x.com/oauth/request_token';
    const form = { oauth_callback: 'https://tags.example.com/x/callback?tag=42' };
    const header = oauthHeader({ method: 'POST', url, form }, { consumerKey, consumerSecret }, STAMP);
    expect(signatureOf(header)).toBe('csdzAbMpLESu1C3r3itvx9cY2aQ=');
    expect(header).not.toContain('oauth_token');
  });

  it('is that of the documentation', () => {
    const keys = {
      consumerKey: 'xvz1evFS4wEEPTGEFPHBog',
      consumerSecret: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
      accessToken: '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb',
      accessTokenSecret: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    };
    const url = 'https://api.x.com/1.1/statuses/update.json?include_entities=true';
    const form = { status: 'Hello Ladies + Gentlemen, a signed OAuth request!' };
    const stamp = { nonce: 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg', timestamp: 1318622958 };
    const header = oauthHeader({ method: 'POST', url, form }, keys, stamp);
    expect(signatureOf(header)).toBe('Ls93hJiZbQ3akF3HF3x1Bz8/zU4=');
  });
});

describe('the header', () => {
  it('has everything that X checks, in its encoding, and none of the query', () => {
    const url = `${ACCOUNT}/custom_audiences/1nmth/users`;
    const expected =
      'OAuth oauth_consumer_key="ckDemo7hQp2vXw9LrT4", oauth_nonce="q7Yb2Nf0Vw8RkL3mTz6H", ' +
      'oauth_signature="fHrXRAVbDsoTKS8U3kdaW4DUxQ0%3D", oauth_signature_method="HMAC-SHA1", ' +
      'oauth_timestamp="1795219200", oauth_token="1528000001-tkDemoA1b2C3d4E5f6G7h8", oauth_version="1.0"';
    expect(oauthHeader({ method: 'POST', url }, KEYS, STAMP)).toBe(expected);
    const withQuery = oauthHeader({ method: 'POST', url: `${url}?${queryText({ name: 'VIP' })}` }, KEYS, STAMP);
    expect(withQuery).not.toContain('VIP');
  });
});

describe('queryText', () => {
  it.each([
    [{ q: SALE }, 'q=Spring%20Sale%20%28VIP%29%20%2B%20Caf%C3%A9'],
    [{ q: "a'b!c*d~e", count: 200 }, 'q=a%27b%21c%2Ad~e&count=200'],
    [{ q: 'half \ud800' }, 'q=half%20%EF%BF%BD'],
    [{}, ''],
  ])('%j', (query, text) => {
    expect(queryText(query)).toBe(text);
  });
});
