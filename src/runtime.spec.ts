import { describe, expect, it } from '@jest/globals';
import { requireSupportedNode } from './runtime.js';

function messageFor(version: string): string | undefined {
  let message: string | undefined;
  requireSupportedNode(version, (text) => {
    message = text;
  });
  return message;
}

describe('requireSupportedNode', () => {
  it.each(['22.15.0', '22.22.1', '24.21.0', '26.10.0'])('lets %s pass', (version) => {
    expect(messageFor(version)).toBeUndefined();
  });

  it.each(['20.20.2', '22.14.0', '18.0.0'])('stops %s with one sentence that says how to go on', (version) => {
    expect(messageFor(version)).toBe(
      `Audience API needs Node 22.15 or newer, this is ${version}: start it with "npm run start:prod", which brings Node 24.`,
    );
  });
});
