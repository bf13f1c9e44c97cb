import { describe, expect, it } from '@jest/globals';
import { mistakeOfUrl, refuseBadUrl } from './webhook-url.js';

const NOT_HTTPS = 'must be an https address';
const NOT_PUBLIC = 'must not lead to an address that is not public';
const INNER = 'must not lead to an inner network';

describe('mistakeOfUrl', () => {
  it.each(['https://example.com', 'https://example.com:8443/a?b=c', 'https://8.8.8.8/', 'https://[2606:4700::1111]/x'])(
    'takes %s',
    (url) => expect([mistakeOfUrl(url, false), mistakeOfUrl(url, true)]).toEqual([undefined, undefined]),
  );

  it.each([
    ['http://example.com', NOT_HTTPS],
    ['ftp://example.com', NOT_HTTPS],
    ['//example.com', NOT_HTTPS],
    ['example.com', NOT_HTTPS],
    ['', NOT_HTTPS],
    ['https://user@example.com', 'must not hold a user name or a password'],
    ['https://:word@example.com', 'must not hold a user name or a password'],
    ['https://example.com/#part', 'must not have a fragment'],
    ['https://127.0.0.1', NOT_PUBLIC],
    ['https://127.1', NOT_PUBLIC],
    ['https://2130706433', NOT_PUBLIC],
    ['https://0x7f000001', NOT_PUBLIC],
    ['https://0177.0.0.1', NOT_PUBLIC],
    ['https://１２７.0.0.1', NOT_PUBLIC],
    ['https://169.254.169.254/latest/meta-data', NOT_PUBLIC],
    ['https://0.0.0.0', NOT_PUBLIC],
    ['https://10.1.2.3.', NOT_PUBLIC],
    ['https://[::1]', NOT_PUBLIC],
    ['https://[::]', NOT_PUBLIC],
    ['https://[::ffff:10.0.0.1]', NOT_PUBLIC],
    ['https://[fe80::1]', NOT_PUBLIC],
    ['https://[fd00:ec2::254]', NOT_PUBLIC],
    ['https://localhost', INNER],
    ['https://LOCALHOST.:8080', INNER],
    ['https://hooks.localhost', INNER],
    ['https://metadata.google.internal', INNER],
    ['https://printer.local', INNER],
    ['https://intranet', INNER],
  ])('says what is wrong with %s', (url, mistake) => {
    expect(mistakeOfUrl(url, false)).toBe(mistake);
  });

  it('takes http and inner addresses where they are allowed, and no user names even there', () => {
    expect(mistakeOfUrl('http://127.0.0.1:8080/hook', true)).toBeUndefined();
    expect(mistakeOfUrl('http://receiver:8080/hook', true)).toBeUndefined();
    expect(mistakeOfUrl('http://a:b@127.0.0.1', true)).toBe('must not hold a user name or a password');
    expect(mistakeOfUrl('file:///etc/passwd', true)).toBe('must be an http or https address');
  });

  it('is a problem that names url and does not repeat it', () => {
    const refuse = () => refuseBadUrl('https://user:word@example.com', false);
    expect(refuse).toThrow('url must not hold a user name or a password');
    expect(() => refuseBadUrl('https://example.com', false)).not.toThrow();
  });
});
