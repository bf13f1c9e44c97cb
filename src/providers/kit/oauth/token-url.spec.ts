import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { TokenUrl } from './token-url.js';

class Settings {
  @TokenUrl()
  tokenUrl = '';
}

const settingsWith = (tokenUrl: unknown) => plainToInstance(Settings, { tokenUrl });

describe('TokenUrl', () => {
  it.each(['https://oauth2.googleapis.com/token', 'https://example.com:8443/oauth/v2/accessToken', 'https://a.b/'])(
    'takes %s',
    (url) => {
      expect(validateSync(settingsWith(url))).toEqual([]);
    },
  );

  it.each(['http://127.0.0.1:4010/token', 'http://localhost/token'])('takes %s on this machine', (url) => {
    expect(validateSync(settingsWith(` ${url} `))).toEqual([]);
    expect(settingsWith(` ${url} `).tokenUrl).toBe(url);
  });

  it.each([
    'http://oauth2.googleapis.com/token',
    'https://oauth2.googleapis.com/token?client_secret=x',
    'https://user:secret@oauth2.googleapis.com/token',
    'https://oauth2.googleapis.com/token#x',
    'oauth2.googleapis.com/token',
    'file:///token',
    'https://oauth2.googleapis.com',
    '',
    7,
  ])('refuses %j', (url) => {
    const [error] = validateSync(settingsWith(url));
    expect(Object.values(error?.constraints ?? {})).toEqual([expect.stringContaining('must be an https address')]);
  });
});
