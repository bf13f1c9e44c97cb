import { createHmac } from 'node:crypto';
import OAuth from 'oauth-1.0a';

/** The four secrets of a tag; the last two are missing until a user has given access. */
export interface OauthKeys {
  readonly consumerKey: string;
  readonly consumerSecret: string;
  readonly accessToken?: string;
  readonly accessTokenSecret?: string;
}

/** What makes a signature good for one call. */
export interface OauthStamp {
  /** Never used before with this token. */
  readonly nonce: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
}

export interface OauthRequest {
  readonly method: string;
  /** With its query, encoded by {@link queryText}. */
  readonly url: string;
  /** The parameters of a form body. A JSON body is not signed: X asks for no `oauth_body_hash`. */
  readonly form?: Readonly<Record<string, string>>;
}

/**
 * The `Authorization` header of one call: OAuth 1.0a with HMAC-SHA1.
 * https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
 */
export function oauthHeader(request: OauthRequest, keys: OauthKeys, { nonce, timestamp }: OauthStamp): string {
  const oauth = new OAuth({
    consumer: { key: keys.consumerKey, secret: keys.consumerSecret },
    signature_method: 'HMAC-SHA1',
    hash_function: (base, key) => createHmac('sha1', key).update(base).digest('base64'),
  });
  // The library takes its nonce from Math.random and its time from this machine's clock.
  oauth.getNonce = () => nonce;
  oauth.getTimeStamp = () => timestamp;
  const { accessToken, accessTokenSecret = '' } = keys;
  const token = accessToken === undefined ? undefined : { key: accessToken, secret: accessTokenSecret };
  const { method, url, form } = request;
  return oauth.toHeader(oauth.authorize({ method, url, data: { ...form } }, token)).Authorization;
}

/** A query as it is sent and as it is signed: by RFC 3986, a space as `%20`, since a plus would be another text to X. */
export function queryText(query: Readonly<Record<string, string | number>>): string {
  return Object.entries(query)
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(String(value))}`)
    .join('&');
}

function percentEncode(text: string): string {
  // Half a surrogate pair cannot be encoded; it goes as the character for what cannot be read, as anywhere in UTF-8.
  const readable = Buffer.from(text).toString();
  return encodeURIComponent(readable).replace(
    /[!'()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
