import { afterEach, describe, expect, it } from '@jest/globals';
import { type Sandbox, startSandbox } from './sandbox.js';

describe('startSandbox', () => {
  const running: Sandbox[] = [];
  afterEach(async () => {
    await Promise.all(running.splice(0).map((sandbox) => sandbox.stop()));
  });

  it('gives every platform its own origin on loopback', async () => {
    const sandbox = await startSandbox();
    running.push(sandbox);
    expect(sandbox.facebook.origin).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect((await fetch(`${sandbox.facebook.origin}/v26.0/me?access_token=t`)).status).toBe(200);
    expect(sandbox.facebook.environment).toEqual({
      FACEBOOK_BASE_URL: sandbox.facebook.origin,
      FACEBOOK_ACCESS_TOKEN: 'sandbox-token',
      FACEBOOK_AD_ACCOUNT_ID: '1234567890',
    });
  });

  it.each(['0.0.0.0', '192.168.1.10', '::', 'example.com'])('refuses to listen on %s', async (host) => {
    await expect(startSandbox({ host })).rejects.toThrow('the sandbox listens on a loopback address only');
  });

  it('takes the port it is told, and says when it is taken', async () => {
    const first = await startSandbox();
    running.push(first);
    const port = Number(new URL(first.facebook.origin).port);
    await expect(startSandbox({ ports: { facebook: port } })).rejects.toMatchObject({ code: 'EADDRINUSE' });
    await first.stop();
    const second = await startSandbox({ ports: { facebook: port } });
    running.push(second);
    expect(second.facebook.origin).toBe(`http://127.0.0.1:${port}`);
  });

  it('stops although a call is held open', async () => {
    const sandbox = await startSandbox();
    sandbox.facebook.addFaults({ kind: 'timeout' });
    const held = fetch(`${sandbox.facebook.origin}/v26.0/me?access_token=t`);
    const outcome = expect(held).rejects.toThrow('fetch failed');
    while (sandbox.facebook.requests().requests[0]?.fault !== 'timeout') await new Promise(setImmediate);
    await sandbox.stop();
    await outcome;
  });
});
