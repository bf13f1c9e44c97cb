import { describe, expect, it } from '@jest/globals';
import { oauthSignature, type Parameter, percentEncode, readQuery } from './oauth-signature.js';

const ACCOUNT = 'https://ads-api.x.com/12/accounts/18ce54d4x5t';
const SECRETS = {
  consumer: 'csDemo_Zk81NnbYtR5uQeW3xLd0PaVfGhJm',
  token: 'tsDemo_9s8R7q6P5o4N3m2L1k0JiHgFeDc',
};
const OAUTH: Parameter[] = [
  ['oauth_consumer_key', 'ckDemo7hQp2vXw9LrT4'],
  ['oauth_nonce', 'q7Yb2Nf0Vw8RkL3mTz6H'],
  ['oauth_signature_method', 'HMAC-SHA1'],
  ['oauth_timestamp', '1795219200'],
  ['oauth_token', '1528000001-tkDemoA1b2C3d4E5f6G7h8'],
  ['oauth_version', '1.0'],
];

describe('oauthSignature', () => {
  const SALE = 'name=Spring%20Sale%20%28VIP%29%20%2B%20Caf%C3%A9&description=tag%3A%2042%2C%20daily';

  it.each([
    ['POST', `${ACCOUNT}/custom_audiences/1nmth/users`, '', 'fHrXRAVbDsoTKS8U3kdaW4DUxQ0='],
    [
      'GET',
      `${ACCOUNT}/custom_audiences`,
      'count=200&q=Spring%20Sale%20%28VIP%29%20%2B%20Caf%C3%A9&with_deleted=false',
      'J5OWIKSVBxKSmck8YMpQuzwtSTM=',
    ],
    ['POST', `${ACCOUNT}/custom_audiences`, SALE, 'EiwuOFcQ8W5geHWXGqtQJPVwal0='],
    ['PUT', `${ACCOUNT}/custom_audiences/1nmth`, 'name=Renamed%21', '5iIncw/l5OToDzzZdOKCVj/T4o8='],
    ['DELETE', `${ACCOUNT}/custom_audiences/1nmth`, '', '2JZxPW+qWB6oOhMSqTC9Z1CQm+c='],
    [
      'POST',
      `${ACCOUNT}/custom_audiences/1nmth/permissions`,
      'granted_account_id=18ce54aymz3&permission_level=READ_ONLY',
      'ByC0in5VoxS/86cRXb5lrr07TSU=',
    ],
    [
      'POST',
      'https://ads-api.twitter.com/12/accounts/18ce54d4x5t/custom_audiences/1nmth/users',
      '',
      'x4+tJSqNJEHNYfI4NnEsAqByJlA=',
    ],
  ])('of %s %s?%s', (method, url, query, signature) => {
    const parameters = [...(readQuery(query) ?? []), ...OAUTH];
    expect(oauthSignature({ method, url, parameters }, SECRETS)).toBe(signature);
  });

  it('of the request in the documentation', () => {
    const parameters: Parameter[] = [
      ['include_entities', 'true'],
      ['status', 'Hello Ladies + Gentlemen, a signed OAuth request!'],
      ['oauth_consumer_key', 'xvz1evFS4wEEPTGEFPHBog'],
      ['oauth_nonce', 'kYjzVBB8Y0ZFabxSWbWovY3uYSQ2pTgmZeNu2VS4cg'],
      ['oauth_signature_method', 'HMAC-SHA1'],
      ['oauth_timestamp', '1318622958'],
      ['oauth_token', '370773112-GmHxMAgYyLbNEtIKZeRNFsMKPR9EyMZeS9weJAEb'],
      ['oauth_version', '1.0'],
    ];
    const secrets = {
      consumer: 'kAcSOqF21Fu85e7zjz7ZN2U4ZRhfV3WpwPAoE3Z7kBw',
      token: 'LswwdoUaIvS8ltyTt5jkRh4J50vUPVVHtR2YPi5kE',
    };
    const request = { method: 'POST', url: 'https://api.x.com/1.1/statuses/update.json', parameters };
    expect(oauthSignature(request, secrets)).toBe('Ls93hJiZbQ3akF3HF3x1Bz8/zU4=');
  });

  it('without a token yet', () => {
    const parameters: Parameter[] = [
      ['oauth_callback', 'https://tags.example.com/x/callback?tag=42'],
      ...OAUTH.filter(([name]) => name !== 'oauth_token'),
    ];
    const request = { method: 'POST', url: 'https://api.x.com/oauth/request_token', parameters };
    expect(oauthSignature(request, { ...SECRETS, token: '' })).toBe('csdzAbMpLESu1C3r3itvx9cY2aQ=');
  });
});

describe('percentEncode', () => {
  it.each([
    ['Ladies + Gentlemen', 'Ladies%20%2B%20Gentlemen'],
    ['An encoded string!', 'An%20encoded%20string%21'],
    ['Dogs, Cats & Mice', 'Dogs%2C%20Cats%20%26%20Mice'],
    ['☃', '%E2%98%83'],
    ["a-b.c_d~e!'()*", 'a-b.c_d~e%21%27%28%29%2A'],
  ])('%j becomes %s', (text, encoded) => {
    expect(percentEncode(text)).toBe(encoded);
  });
});

describe('readQuery', () => {
  it.each<[string, unknown]>([
    ['', []],
    [
      'a=1&b',
      [
        ['a', '1'],
        ['b', ''],
      ],
    ],
    ['q=a+b%20c', [['q', 'a+b c']]],
    ['q=x=y', [['q', 'x=y']]],
    ['q=%zz', undefined],
  ])('%j', (query, parameters) => {
    expect(readQuery(query)).toEqual(parameters);
  });
});
