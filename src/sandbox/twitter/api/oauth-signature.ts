import { createHmac } from 'node:crypto';

/** A parameter of the query, of a form body or of the Authorization header, decoded. */
export type Parameter = readonly [name: string, value: string];

/** What a signature is made of. */
export interface SignedRequest {
  readonly method: string;
  /** Scheme, host and path, without query and default port. */
  readonly url: string;
  /** All parameters but `oauth_signature`. */
  readonly parameters: readonly Parameter[];
}

export interface SigningSecrets {
  readonly consumer: string;
  /** Empty while there is no token yet. */
  readonly token: string;
}

/** OAuth 1.0a, HMAC-SHA1, in base64: https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature */
export function oauthSignature({ method, url, parameters }: SignedRequest, secrets: SigningSecrets): string {
  const encoded = parameters.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const);
  encoded.sort(([name, value], [other, otherValue]) => compare(name, other) || compare(value, otherValue));
  const joined = encoded.map(([name, value]) => `${name}=${value}`).join('&');
  const base = [method.toUpperCase(), percentEncode(url), percentEncode(joined)].join('&');
  const key = `${percentEncode(secrets.consumer)}&${percentEncode(secrets.token)}`;
  return createHmac('sha1', key).update(base).digest('base64');
}

/** RFC 3986, byte by byte: everything but letters, digits and `-._~` becomes `%` and two upper-case hex digits. */
export function percentEncode(text: string): string {
  let encoded = '';
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte);
    encoded += /[A-Za-z0-9\-._~]/.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  }
  return encoded;
}

/**
 * The parameters of a query as the platform reads them; undefined when it is not well-formed. A plus stays a plus: a space is
 * `%20`.
 */
export function readQuery(query: string): readonly Parameter[] | undefined {
  if (query === '') return [];
  try {
    return query.split('&').map((pair) => {
      const [name = '', ...value] = pair.split('=');
      return [decodeURIComponent(name), decodeURIComponent(value.join('='))] as const;
    });
  } catch {
    return undefined;
  }
}

function compare(one: string, other: string): number {
  return one === other ? 0 : one < other ? -1 : 1;
}
