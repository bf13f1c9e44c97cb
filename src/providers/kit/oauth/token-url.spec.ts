import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { TokenUrl } from './token-url.js';

class Settings {
  @TokenUrl()
  tokenUrl = '';
}

const read = (tokenUrl: unknown) => plainToInstance(Settings, { tokenUrl });

describe('TokenUrl', () => {
  it.each([
    'https://www.example.com/oauth/v2/accessToken',
    ' https://oauth2.example.com/token ',
    'https://auth.example.com/',
    'http://127.0.0.1:4013/oauth/v2/accessToken',
    'http://localhost:4013/token',
  ])('takes %j', (url) => {
    const settings = read(url);
    expect(validateSync(settings)).toEqual([]);
    expect(settings.tokenUrl).toBe(url.trim());
  });

  it.each([
    'http://www.example.com/token',
    'https://www.example.com/token?tenant=1',
    'https://www.example.com/token#a',
    'https://user@www.example.com/token',
    'https://:secret@www.example.com/token',
    'ftp://www.example.com/token',
    'www.example.com/token',
    '/token',
    '',
    7,
  ])('refuses %j', (url) => {
    const [error] = validateSync(read(url));
    expect(Object.values(error?.constraints ?? {})).toEqual([
      'must be an https address without a query; http only for this machine',
    ]);
  });
});
