import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { HttpService } from '@nestjs/axios';
import { type Sandbox, startSandbox } from '../../../sandbox/sandbox.js';
import { CredentialsRejectedError } from '../../contract/provider-errors.js';
import { AccessTokens } from '../../kit/oauth/access-tokens.js';
import { LocalAccessTokens } from '../../kit/oauth/local-access-tokens.js';
import { PlatformHttp } from '../../kit/platform-http.js';
import { GoogleTag } from '../google.config.js';
import { cloudProject, GoogleCredentials } from './google.credentials.js';

const EMAIL = 'robot@my-project.iam.gserviceaccount.com';
const { privateKey, publicKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const key = { clientEmail: EMAIL, privateKey, privateKeyId: 'k1', projectId: 'my-project' };

const { signal } = new AbortController();
const tagWith = (settings: Partial<GoogleTag>) => Object.assign(new GoogleTag(), settings);
const person = { clientId: '123456789012-abc.apps.googleusercontent.com', clientSecret: 's', refreshToken: 'r' };

let http: PlatformHttp;
let sandbox: Sandbox | undefined;
beforeEach(() => {
  http = new PlatformHttp(new HttpService());
});
afterEach(async () => {
  http.onApplicationShutdown();
  await sandbox?.stop();
  sandbox = undefined;
});

async function serviceAccount(change: Partial<typeof key> = {}) {
  const account = { clientEmail: EMAIL, publicKey, privateKeyId: 'k1', project: 'my-project' };
  sandbox = await startSandbox({ google: { serviceAccounts: [account] } });
  const { origin } = sandbox.google;
  const settings = { serviceAccountKey: { ...key, ...change }, baseUrl: origin, tokenUrl: `${origin}/token` };
  return { origin, credentials: new GoogleCredentials(tagWith(settings), http, new LocalAccessTokens()) };
}

describe('a service account', () => {
  it('gets a token for the Data Manager API by its signature', async () => {
    const { origin, credentials } = await serviceAccount();
    const token = await credentials.token(signal);
    const lists = await fetch(`${origin}/v1/accountTypes/GOOGLE_ADS/accounts/1/userLists`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(lists.status).toBe(200);
    expect(await credentials.token(signal)).toBe(token);
    expect(await credentials.token(signal, token)).not.toBe(token);
  });

  it.each([[{ clientEmail: 'nobody@my-project.iam.gserviceaccount.com' }], [{ privateKeyId: 'k0' }]])(
    'that is not known gets none: %j',
    async (change) => {
      const { credentials } = await serviceAccount(change);
      await expect(credentials.token(signal)).rejects.toBeInstanceOf(CredentialsRejectedError);
    },
  );
});

describe('the name of a token', () => {
  function nameOf(settings: Partial<GoogleTag>): string {
    let name = '';
    class Names extends AccessTokens {
      get(given: string): Promise<string> {
        name = given;
        return Promise.resolve('t');
      }
    }
    void new GoogleCredentials(tagWith(settings), http, new Names()).token(signal);
    return name;
  }

  it('is the same for two accounts with the same credentials, and another for any other', () => {
    const one = nameOf({ ...person, customerId: '1' });
    expect(nameOf({ ...person, customerId: '2', loginCustomerId: '3' })).toBe(one);
    const others = [
      nameOf({ ...person, refreshToken: 'other' }),
      nameOf({ ...person, clientSecret: 'other' }),
      nameOf({ ...person, tokenUrl: 'https://example.com/token' }),
      nameOf({ serviceAccountKey: key }),
      nameOf({ serviceAccountKey: { ...key, privateKey: 'other' } }),
    ];
    expect(new Set([one, ...others]).size).toBe(6);
  });

  it('holds no secret', () => {
    const name = nameOf({ ...person, clientSecret: 'GOCSPX-hush', refreshToken: '1//hush' });
    expect(name).toMatch(/^google\/123456789012\/[0-9a-f]{64}$/);
  });
});

describe('the Cloud project', () => {
  it.each<[Partial<GoogleTag>, string]>([
    [person, '123456789012'],
    [{ ...person, clientId: 'odd.apps.googleusercontent.com' }, 'odd.apps.googleusercontent.com'],
    [{ serviceAccountKey: key }, 'my-project'],
    [{ serviceAccountKey: { ...key, projectId: undefined } }, EMAIL],
  ])('of %j is %s', (settings, project) => {
    expect(cloudProject(tagWith(settings))).toBe(project);
  });
});

it('credentials that are not there are refused, not asked for', async () => {
  const credentials = new GoogleCredentials(tagWith({ clientId: 'x' }), http, new LocalAccessTokens());
  await expect(credentials.token(signal)).rejects.toBeInstanceOf(CredentialsRejectedError);
});
