import { describe, expect, it } from '@jest/globals';
import { redactText } from './redact.js';

const digest = 'f1904cf1a9d73a55fa5de0ac823c4403ded71afd4c3248d00bdcd0866552bb79';

describe('redactText', () => {
  it.each([
    ['User mary.smith+x@example.com is wrong', 'User [email] is wrong'],
    ['josé@exämple.de and a%40b.com', '[email] and [email]'],
    [`value ${digest} refused`, 'value [hidden] refused'],
    [`value ${digest.toUpperCase()} refused`, 'value [hidden] refused'],
    ['md5 9e107d9d372bb6826bd81d3542a419d6.', 'md5 [hidden].'],
    ['phone +1 (616) 954-78 88 bad', 'phone [number] bad'],
    ['phone ٠٥٠١٢٣٤٥٦٧ bad', 'phone [number] bad'],
    ["Object with ID '120210987654321098' does not exist", "Object with ID '[number]' does not exist"],
    ['Authorization: Bearer EAAB.x-y_z|1 expired', 'Authorization: Bearer [secret] expired'],
    ['https://x.test/a?access_token=EAAtok&limit=5', 'https://x.test/a?access_token=[secret]&limit=5'],
    ['{"client_secret":"hush"}', '{"client_secret":"[secret]"}'],
    ['jwt eyJhbGciOi.eyJzdWIi.c2ln end', 'jwt [secret] end'],
    ['token EAABsbCS1iHgBO4ZCZAqZBv', 'token [hidden]'],
  ])('%j', (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });

  it('leaves what an operator needs', () => {
    const text = '(#2650) Data is missing or does not match schema, see v26.0, code 1870 of EMAIL_SHA256';
    expect(redactText(text)).toBe(text);
  });

  it('takes out given secrets, plain and percent-encoded, and ignores empty ones', () => {
    const text = 'sent se/cret and se%2Fcret';
    expect(redactText(text, ['se/cret', undefined, '', 'a'])).toBe('sent [secret] and [secret]');
  });

  it('folds line breaks and control characters, so that one message stays one line', () => {
    expect(redactText(' a\r\nb\u0000\u001b[31mc\u202e ')).toBe('a b [31mc');
  });

  it('cuts to 300 characters', () => {
    const safe = redactText('word '.repeat(1_000));
    expect(safe).toHaveLength(300);
    expect(safe.endsWith('…')).toBe(true);
  });

  it('does not show the half of a secret that a very long text was cut in', () => {
    const text = ' '.repeat(3_990) + 'topsecretvalue';
    expect(redactText(text, ['topsecretvalue'])).toBe('');
  });

  it('stays quick on a hostile text', () => {
    const startedAt = performance.now();
    redactText('1.'.repeat(500_000));
    redactText('a'.repeat(500_000) + '@');
    redactText('token'.repeat(100_000));
    expect(performance.now() - startedAt).toBeLessThan(500);
  });
});
