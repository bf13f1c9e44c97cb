import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { decodeProtectedHeader, jwtVerify } from 'jose';
import { CredentialsRejectedError } from '../../contract/provider-errors.js';
import { readServiceAccountKey, type ServiceAccountKey, signServiceAccountAssertion } from './service-account.js';

const SCOPE = 'https://www.googleapis.com/auth/datamanager';
const TOKEN_URL = 'https://oauth2.googleapis.com/token';
const NOW = new Date('2026-10-01T12:00:00.900Z');

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const FILE = {
  type: 'service_account',
  project_id: 'made-project',
  private_key_id: 'key-1',
  private_key: PEM,
  client_email: 'made@made-project.iam.gserviceaccount.com',
  token_uri: TOKEN_URL,
};
const KEY: ServiceAccountKey = {
  clientEmail: FILE.client_email,
  privateKey: PEM,
  privateKeyId: 'key-1',
  tokenUri: TOKEN_URL,
  projectId: 'made-project',
};

describe('readServiceAccountKey', () => {
  it('reads a key file', () => {
    expect(readServiceAccountKey(JSON.stringify(FILE, null, 2))).toEqual(KEY);
  });

  it('needs an address and a key, and nothing else', () => {
    const { client_email, private_key } = FILE;
    expect(readServiceAccountKey(JSON.stringify({ client_email, private_key }))).toEqual({
      clientEmail: client_email,
      privateKey: PEM,
    });
  });

  it.each<[string, string]>([
    ['no JSON', '{'],
    ['no object', '[]'],
    ['nothing', 'null'],
    ['no address', JSON.stringify({ ...FILE, client_email: undefined })],
    ['no private key', JSON.stringify({ ...FILE, private_key: undefined })],
    ['a broken private key', JSON.stringify({ ...FILE, private_key: PEM.replace(/\n.{20}/, '\n') })],
    [
      'a public key',
      JSON.stringify({
        ...FILE,
        private_key: createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
      }),
    ],
    ['a key of another kind', JSON.stringify({ ...FILE, private_key: pemOf('ec') })],
    ['a key that is too short', JSON.stringify({ ...FILE, private_key: pemOf('short') })],
  ])('takes %s for no key file', (_, json) => {
    expect(readServiceAccountKey(json)).toBeUndefined();
  });
});

describe('signServiceAccountAssertion', () => {
  it('says who asks for what, where and for how long, and signs it', async () => {
    const jwt = await signServiceAccountAssertion(KEY, SCOPE, TOKEN_URL, NOW);
    const { payload, protectedHeader } = await jwtVerify(jwt, createPublicKey(privateKey), { currentDate: NOW });
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: 'key-1' });
    // date -u -d 2026-10-01T12:00:00Z +%s
    expect(payload).toEqual({
      iss: 'made@made-project.iam.gserviceaccount.com',
      scope: SCOPE,
      aud: TOKEN_URL,
      iat: 1_790_856_000,
      exp: 1_790_859_600,
    });
  });

  it('names no key that has no id', async () => {
    const jwt = await signServiceAccountAssertion({ ...KEY, privateKeyId: undefined }, SCOPE, TOKEN_URL, NOW);
    expect(decodeProtectedHeader(jwt)).toEqual({ alg: 'RS256', typ: 'JWT' });
  });

  it('quotes no private key that it cannot use', async () => {
    const signing = signServiceAccountAssertion({ ...KEY, privateKey: 'hush' }, SCOPE, TOKEN_URL, NOW);
    const error = await signing.catch((thrown: Error) => thrown);
    expect(error).toBeInstanceOf(CredentialsRejectedError);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');
  });
});

function pemOf(kind: 'ec' | 'short'): string {
  const pair =
    kind === 'ec'
      ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
      : generateKeyPairSync('rsa', { modulusLength: 1024 });
  return pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
