import { verify } from 'node:crypto';
import { isObject } from '../api/message-schema.js';
import { type ServiceAccount } from '../google-options.js';

/** Assertions are good for an hour at most, and clocks may differ a little. */
const LONGEST_LIFE_SECONDS = 3_600;
const CLOCK_SKEW_SECONDS = 300;

/** What an assertion asks for, once it has been found good. */
export interface Assertion {
  readonly account: ServiceAccount;
  readonly scope: string;
}

/**
 * Reads an assertion: signed with the account's key by RS256, for this endpoint, for an hour at most.
 * https://developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests
 *
 * @returns what is wrong with it, in the platform's words
 */
export function readAssertion(
  jwt: string,
  accounts: readonly ServiceAccount[],
  audiences: readonly string[],
  nowMs: number,
): Assertion | string {
  const [head = '', claimsPart = '', signature = '', ...rest] = jwt.split('.');
  const header = decoded(head);
  const claims = decoded(claimsPart);
  if (rest.length > 0 || header['alg'] !== 'RS256') return 'Invalid JWT: Failed to verify signature.';
  const account = accounts.find(({ clientEmail }) => clientEmail === claims['iss']);
  if (account === undefined) return 'Invalid grant: account not found';
  const { privateKeyId } = account;
  if (privateKeyId !== undefined && header['kid'] !== undefined && header['kid'] !== privateKeyId) {
    return 'Invalid JWT Signature.';
  }
  const signed = Buffer.from(`${head}.${claimsPart}`);
  if (!verify('RSA-SHA256', signed, account.publicKey, Buffer.from(signature, 'base64url'))) {
    return 'Invalid JWT Signature.';
  }
  const scope = typeof claims['scope'] === 'string' ? claims['scope'] : '';
  return mistakeOf(claims, audiences, nowMs / 1000) ?? { account, scope };
}

function mistakeOf(claims: Record<string, unknown>, audiences: readonly string[], now: number): string | undefined {
  const { iat, exp, aud } = claims;
  if (!audiences.includes(String(aud))) return 'Invalid JWT: The audience is not this endpoint.';
  if (typeof iat !== 'number' || typeof exp !== 'number') return 'Invalid JWT: iat and exp are required.';
  const isNow = iat <= now + CLOCK_SKEW_SECONDS && exp > now - CLOCK_SKEW_SECONDS;
  if (!isNow || exp - iat > LONGEST_LIFE_SECONDS) {
    return 'Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.';
  }
  return undefined;
}

function decoded(part: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : {};
  } catch {
    return {};
  }
}
