import { describe, expect, it } from '@jest/globals';
import { pauseFor, waitFor } from './twitter.limits.js';

const NOW = Date.UTC(2026, 10, 21);
const SECONDS = NOW / 1000;
const DATE = new Date(NOW).toUTCString();

describe('the wait after a refusal', () => {
  it.each<[string, Record<string, string>, number | undefined]>([
    ['nothing', {}, undefined],
    ['the limit of the endpoint', { 'x-rate-limit-reset': String(SECONDS + 30) }, 35_000],
    [
      'the limit of the account before it',
      { 'x-rate-limit-reset': String(SECONDS + 900), 'x-account-rate-limit-reset': String(SECONDS + 30) },
      35_000,
    ],
    ['a limit that is over', { 'x-rate-limit-reset': String(SECONDS - 60) }, 5_000],
    ['a limit of more than an hour', { 'x-rate-limit-reset': String(SECONDS + 7_200) }, 3_600_000],
    ['what is no time', { 'x-rate-limit-reset': 'soon' }, undefined],
    ['Retry-After alone', { 'retry-after': '7' }, 7_000],
    ['Retry-After where it is longer', { 'retry-after': '90', 'x-rate-limit-reset': String(SECONDS + 1) }, 90_000],
    ['the limit where it is longer', { 'retry-after': '1', 'x-rate-limit-reset': String(SECONDS + 30) }, 35_000],
  ])('is told by %s', (_, headers, wait) => {
    expect(waitFor(headers, NOW)).toBe(wait);
  });

  it("is measured by X's own clock", () => {
    const headers = { date: DATE, 'x-rate-limit-reset': String(SECONDS + 30) };
    expect(waitFor(headers, NOW - 600_000)).toBe(35_000);
  });
});

describe('the pause after a call', () => {
  it.each<[Record<string, string>, number | undefined]>([
    [{}, undefined],
    [{ 'x-rate-limit-remaining': '1', 'x-rate-limit-reset': String(SECONDS + 30) }, undefined],
    [{ 'x-rate-limit-remaining': '0', 'x-rate-limit-reset': String(SECONDS + 30) }, 35_000],
    [{ 'x-rate-limit-remaining': '0' }, undefined],
    [
      {
        'x-account-rate-limit-remaining': '5',
        'x-rate-limit-remaining': '0',
        'x-rate-limit-reset': String(SECONDS + 30),
      },
      undefined,
    ],
  ])('of %j', (headers, pause) => {
    expect(pauseFor(headers, NOW)).toBe(pause);
  });
});
