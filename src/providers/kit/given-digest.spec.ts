import { describe, expect, it } from '@jest/globals';
import { givenDigest } from './given-digest.js';
import { EMPTY_SHA256 } from './hash.js';
import { Unusable } from './normalise.js';

const DIGEST = 'd6117306485ed0e50afab3ac871e98f81699151f30281527d63ff5f233656c69';

describe('givenDigest', () => {
  it.each([DIGEST, DIGEST.toUpperCase(), ` ${DIGEST}\n`])('reads %j', (value) => {
    expect(givenDigest(value)).toBe(DIGEST);
  });

  it.each(['', 'jane@example.com', DIGEST.slice(1), `${DIGEST}0`, `x${DIGEST.slice(1)}`, `${DIGEST} ${DIGEST}`])(
    'takes %j for a plain value',
    (value) => {
      expect(givenDigest(value)).toBeUndefined();
    },
  );

  it.each([EMPTY_SHA256, EMPTY_SHA256.toUpperCase()])('never passes the digest of nothing: %s', (value) => {
    expect(givenDigest(value)).toBe(Unusable.format);
  });
});
