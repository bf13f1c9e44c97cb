import { describe, expect, it } from '@jest/globals';
import { pauseFor, readUsage, throttleWait } from './facebook.usage.js';

const businessUse = (calls: number, regain = 0) =>
  `{"555":[{"type":"custom_audience","call_count":${calls},"total_cputime":5,"total_time":9,"estimated_time_to_regain_access":${regain}}]}`;

describe('readUsage', () => {
  it('reads all three headers and takes the worst', () => {
    const usage = readUsage({
      'x-business-use-case-usage': businessUse(28, 3),
      'x-app-usage': '{"call_count":12,"total_time":61,"total_cputime":2}',
      'x-ad-account-usage':
        '{"acc_id_util_pct":9.67,"reset_time_duration":100,"ads_api_access_tier":"standard_access"}',
    });
    expect(usage).toEqual({ percent: 61, regainMs: 180_000, resetMs: 100_000 });
  });

  it.each([
    [{ 'x-business-use-case-usage': businessUse(80) }, 80],
    [{ 'x-business-use-case-usage': '{"1":[{"call_count":10}],"2":[{"type":"ads_management","total_time":91}]}' }, 91],
    [{ 'x-business-use-case-usage': '{"1":[{"type":"ads_insights","call_count":100}]}' }, 0],
    [{ 'x-app-usage': '{"call_count":"77"}' }, 77],
    [{ 'x-ad-account-usage': '{"acc_id_util_pct":93.5}' }, 93.5],
  ])('finds the percentage in %j', (headers, percent) => {
    expect(readUsage(headers as unknown as Record<string, string>).percent).toBe(percent);
  });

  it.each(['', 'not json', 'null', '[]', '"x"', '7', '{', '{"1":null}', '{"1":[null,"x",3]}', '{"call_count":null}'])(
    'reads nothing from %j',
    (value) => {
      const headers = { 'x-business-use-case-usage': value, 'x-app-usage': value, 'x-ad-account-usage': value };
      expect(readUsage(headers)).toEqual({ percent: 0, regainMs: 0, resetMs: 0 });
    },
  );

  it.each(['-5', '1e999', '"NaN"', '" "', '{}', 'true'])('ignores the figure %s', (figure) => {
    const headers = {
      'x-app-usage': `{"call_count":${figure}}`,
      'x-ad-account-usage': `{"acc_id_util_pct":${figure},"reset_time_duration":${figure}}`,
    };
    expect(readUsage(headers)).toEqual({ percent: 0, regainMs: 0, resetMs: 0 });
  });

  it('reads nothing from no headers', () => {
    expect(readUsage({})).toEqual({ percent: 0, regainMs: 0, resetMs: 0 });
  });
});

describe('pauseFor', () => {
  it.each([
    [0, 0, undefined],
    [74.9, 0, undefined],
    [75, 0, 1_000],
    [82.5, 0, 3_000],
    [89.99, 0, 4_997],
    [90, 0, 60_000],
    [140, 0, 60_000],
    [10, 120_000, 120_000],
    [100, 9_000_000, 3_600_000],
  ])('at %d %% and %d ms to regain access: %p', (percent, regainMs, expected) => {
    expect(pauseFor({ percent, regainMs, resetMs: 0 })).toBe(expected);
  });
});

describe('throttleWait', () => {
  it.each([
    [0, 0, undefined, 60_000],
    [180_000, 0, undefined, 180_000],
    [0, 300_000, undefined, 300_000],
    [0, 0, 2_000, 2_000],
    [0, 5_000, 2_000, 5_000],
    [7_200_000, 0, undefined, 3_600_000],
  ])('regain %d, reset %d, Retry-After %p: %d ms', (regainMs, resetMs, retryAfterMs, expected) => {
    expect(throttleWait({ percent: 100, regainMs, resetMs }, retryAfterMs)).toBe(expected);
  });

  it('is a minute when a reset is near but no Retry-After was given', () => {
    expect(throttleWait({ percent: 100, regainMs: 0, resetMs: 5_000 }, undefined)).toBe(60_000);
  });
});
