import { createPrivateKey, type KeyObject } from 'node:crypto';
import { SignJWT } from 'jose';
import { CredentialsRejectedError } from '../../contract/provider-errors.js';
import { isRecord, textOf } from '../answer-values.js';

/** The key file of a service account, as far as it is needed. */
export interface ServiceAccountKey {
  readonly clientEmail: string;
  /** PEM. */
  readonly privateKey: string;
  readonly privateKeyId?: string;
  /** Where the file says that tokens are got. */
  readonly tokenUri?: string;
  readonly projectId?: string;
}

/** The longest that a token endpoint takes. */
const LIFE_SECONDS = 3_600;
/** Shorter ones may not be used with RS256 (RFC 7518, section 3.3). */
const SHORTEST_KEY_BITS = 2_048;

/**
 * Reads the JSON of a key file.
 *
 * @returns nothing when it is no such file, or its private key cannot sign
 */
export function readServiceAccountKey(json: string): ServiceAccountKey | undefined {
  const fields = parsed(json);
  const key: ServiceAccountKey = {
    clientEmail: textOf(fields['client_email']),
    privateKey: textOf(fields['private_key']),
    privateKeyId: textOf(fields['private_key_id']) || undefined,
    tokenUri: textOf(fields['token_uri']) || undefined,
    projectId: textOf(fields['project_id']) || undefined,
  };
  return key.clientEmail !== '' && signingKey(key.privateKey) ? key : undefined;
}

/**
 * The assertion by which a service account asks for an access token with `scope` (several: separated by spaces).
 * https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 *
 * @param tokenUrl the token endpoint, which is who it is for
 * @param now the token endpoint takes it for an hour from then
 * @throws CredentialsRejectedError when the private key cannot sign
 */
export async function signServiceAccountAssertion(
  key: ServiceAccountKey,
  scope: string,
  tokenUrl: string,
  now: Date,
): Promise<string> {
  const signing = signingKey(key.privateKey);
  if (!signing) throw new CredentialsRejectedError('The private key of the service account cannot sign');
  const issuedAt = Math.floor(now.getTime() / 1_000);
  return new SignJWT({ scope })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', ...(key.privateKeyId && { kid: key.privateKeyId }) })
    .setIssuer(key.clientEmail)
    .setAudience(tokenUrl)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + LIFE_SECONDS)
    .sign(signing);
}

/** Nothing for anything but an RSA key: what goes wrong in reading it may quote it. */
function signingKey(pem: string): KeyObject | undefined {
  try {
    const key = createPrivateKey(pem);
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    return key.asymmetricKeyType === 'rsa' && bits >= SHORTEST_KEY_BITS ? key : undefined;
  } catch {
    return undefined;
  }
}

function parsed(json: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(json);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}
