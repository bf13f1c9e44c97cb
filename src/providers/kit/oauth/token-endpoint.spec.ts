import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { reply, tokenOfCall, TokenServer } from '../../../../test/support/token-server.js';
import {
  CredentialsRejectedError,
  PlatformUnavailableError,
  type ProviderError,
  RateLimitedError,
} from '../../contract/provider-errors.js';
import { PlatformHttp } from '../platform-http.js';
import { ProviderKitModule } from '../provider-kit.module.js';
import { TokenEndpoint } from './token-endpoint.js';

const CREDENTIALS = { clientId: 'client-1', clientSecret: 'hush & secret', refreshToken: '1//0g-hush+refresh' };
const ASSERTION = 'hush-head.hush-claims.hush-signature';
const NOW = Date.parse('2026-10-01T12:00:00Z');

describe('TokenEndpoint', () => {
  let app: INestApplicationContext;
  let server: TokenServer;
  let endpoint: TokenEndpoint;
  const signal = new AbortController().signal;

  beforeEach(async () => {
    server = await TokenServer.start();
    app = await NestFactory.createApplicationContext(ProviderKitModule, { logger: false });
    endpoint = new TokenEndpoint(app.get(PlatformHttp), server.url, { now: () => NOW, timeoutMs: 20_000 });
  });

  afterEach(async () => {
    await app.close();
    await server.stop();
  });

  const failure = () =>
    endpoint.refresh(CREDENTIALS, signal).then(
      () => Promise.reject(new Error('a token was given')),
      (error: ProviderError) => error,
    );

  it('gets a token for a refresh token', async () => {
    const token = await endpoint.refresh(CREDENTIALS, signal);
    expect(token).toEqual({ token: tokenOfCall(1), expiresAt: new Date('2026-10-01T13:00:00Z') });
    expect(server.calls).toMatchObject([
      {
        method: 'POST',
        url: '/oauth/v2/token',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        form: {
          grant_type: 'refresh_token',
          client_id: 'client-1',
          client_secret: 'hush & secret',
          refresh_token: '1//0g-hush+refresh',
        },
      },
    ]);
  });

  it('gets a token for an assertion, and sends nothing else', async () => {
    await expect(endpoint.assertion(ASSERTION, signal)).resolves.toMatchObject({ token: tokenOfCall(1) });
    expect(server.calls[0]?.form).toEqual({
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: ASSERTION,
    });
  });

  it.each([
    ['told', { expires_in: 5_184_000 }, 5_184_000],
    ['told as a text', { expires_in: '3599' }, 3_599],
    ['an hour when not told', {}, 3_600],
    ['an hour when null', { expires_in: null }, 3_600],
  ])('reads how long the token lives: %s', async (_, life, seconds) => {
    server.answer = (response) => reply(response, 200, { access_token: 'a', ...life });
    const { expiresAt } = await endpoint.refresh(CREDENTIALS, signal);
    expect(expiresAt.getTime() - NOW).toBe(seconds * 1_000);
  });

  it.each([
    ['told', 26_438_400, 26_438_400],
    ['told as a text', '60', 60],
    ['not told', undefined, undefined],
    ['none', 0, undefined],
    ['no time', 'soon', undefined],
    ['beyond any time', 1e300, undefined],
  ])('reads when the refresh token ends: %s', async (_, left, seconds) => {
    server.answer = (response) => reply(response, 200, { access_token: 'a', refresh_token_expires_in: left });
    const { refreshTokenEndsAt } = await endpoint.refresh(CREDENTIALS, signal);
    expect(refreshTokenEndsAt?.getTime()).toBe(seconds === undefined ? undefined : NOW + seconds * 1_000);
  });

  it.each<[string, unknown]>([
    ['no token', { expires_in: 3_600 }],
    ['an empty token', { access_token: '', expires_in: 3_600 }],
    ['a token that is no text', { access_token: { a: 1 } }],
    ['a token that no header can carry', { access_token: 'a\r\nx-other: b' }],
    ['a page', '<html>Welcome</html>'],
    ['a list', []],
    ['nothing', ''],
    ['a life that is over', { access_token: 'a', expires_in: 0 }],
    ['a negative life', { access_token: 'a', expires_in: -1 }],
    ['a life in words', { access_token: 'a', expires_in: 'soon' }],
    ['a life in milliseconds', { access_token: 'a', expires_in: 5_184_000_000 }],
  ])('does not take %s for an answer', async (_, body) => {
    server.answer = (response) => reply(response, 200, body);
    const error = await failure();
    expect(error).toBeInstanceOf(PlatformUnavailableError);
    expect(error.message).toMatch(/^127\.0\.0\.1:\d+: answer not understood: /);
  });

  it.each([
    [400, 'invalid_grant'],
    [401, 'invalid_client'],
    [400, 'unauthorized_client'],
    [400, 'invalid_scope'],
    [403, 'access_denied'],
  ])('takes HTTP %i %s for a matter of the credentials, in the words of the platform', async (status, word) => {
    server.answer = (response) =>
      reply(response, status, { error: word, error_description: 'Token has been expired or revoked.' });
    const error = await failure();
    expect(error).toBeInstanceOf(CredentialsRejectedError);
    expect(error.platformCode).toBe(`${status}/${word}`);
    expect(error.message).toMatch(
      new RegExp(`: no access token is given for these credentials: ${word}: Token has been expired or revoked\\.$`),
    );
  });

  it.each<[string, number, unknown, new (...args: never[]) => ProviderError, string]>([
    ['a 401 without a word', 401, '', CredentialsRejectedError, 'http 401'],
    ['a 500', 500, { error: 'invalid_grant' }, PlatformUnavailableError, '500/invalid_grant'],
    ['a 503 with a page', 503, '<html>', PlatformUnavailableError, 'http 503'],
    ['a trouble that passes', 400, { error: 'internal_failure' }, PlatformUnavailableError, '400/internal_failure'],
    ['too many calls', 429, { error: 'rate_limited' }, RateLimitedError, '429/rate_limited'],
  ])('tells %s apart', async (_, status, body, type, platformCode) => {
    server.answer = (response) => reply(response, status, body, { 'retry-after': '7' });
    const error = await failure();
    expect(error).toBeInstanceOf(type);
    expect(error.platformCode).toBe(platformCode);
    expect(error.retryAfterMs).toBe(type === CredentialsRejectedError ? undefined : 7_000);
  });

  it.each([302, 403, 404])('takes HTTP %i without a word for something in front of the endpoint', async (status) => {
    server.answer = (response) => reply(response, status, '<html>Blocked</html>', { location: '/elsewhere' });
    const error = await failure();
    expect(error).toBeInstanceOf(PlatformUnavailableError);
    expect(error.message).toContain(`HTTP ${status}`);
    expect(server.calls).toHaveLength(1);
  });

  it('says no secret that the platform repeats', async () => {
    const { clientSecret, refreshToken } = CREDENTIALS;
    const said = `${refreshToken} ${encodeURIComponent(refreshToken)} of ${clientSecret} is bad`;
    server.answer = (response) => reply(response, 400, { error: 'invalid_grant', error_description: said });
    const error = await failure();
    expect(error.message).toContain('invalid_grant: [secret] [secret] of [secret] is bad');
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');

    server.answer = (response) => reply(response, 400, { error: 'invalid_grant', error_description: ASSERTION });
    await expect(endpoint.assertion(ASSERTION, signal)).rejects.toThrow(/invalid_grant: \[secret\]$/);
  });

  it('takes a secret in the place of the word for none', async () => {
    const credentials = { ...CREDENTIALS, refreshToken: 'hush_token' };
    server.answer = (response) => reply(response, 401, { error: 'hush_token' });
    const error = await endpoint.refresh(credentials, signal).catch((thrown: ProviderError) => thrown);
    expect(error).toMatchObject({ platformCode: 'http 401' });
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hush');
  });

  it('is not waited for once it is not needed', async () => {
    const stop = new AbortController();
    server.answer = () => stop.abort();
    await expect(endpoint.refresh(CREDENTIALS, stop.signal)).rejects.toThrow('the call was stopped');
  });

  it('tells of silence and of a dropped connection as of an outage', async () => {
    server.answer = (response) => response.destroy();
    expect(await failure()).toBeInstanceOf(PlatformUnavailableError);
    server.answer = () => undefined;
    const hurried = new TokenEndpoint(app.get(PlatformHttp), server.url, { timeoutMs: 100 });
    await expect(hurried.refresh(CREDENTIALS, signal)).rejects.toThrow('did not answer within 100 ms');
  });
});
