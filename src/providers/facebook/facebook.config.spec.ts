import 'reflect-metadata';
import { describe, expect, it } from '@jest/globals';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { FacebookTag, facebookSettings } from './facebook.config.js';

const required = { accessToken: 'EAAtoken', adAccountId: '1234567890' };

function tagOf(variables: object): { tag: FacebookTag; wrong: string[]; words: string } {
  const tag = plainToInstance(FacebookTag, variables);
  const errors = validateSync(tag);
  const words = JSON.stringify(errors.map((error) => error.constraints));
  return { tag, wrong: errors.map((error) => error.property), words };
}

describe('FacebookTag', () => {
  it('declares its variables', () => {
    expect(facebookSettings.id).toBe('facebook');
    expect(Object.keys(new facebookSettings.tag())).toEqual([
      'accessToken',
      'adAccountId',
      'appSecret',
      'apiVersion',
      'customerFileSource',
      'valueBased',
      'baseUrl',
    ]);
  });

  it('needs a token and an account, and has defaults for the rest', () => {
    expect(tagOf({}).wrong).toEqual(['accessToken', 'adAccountId']);
    expect(tagOf(required)).toMatchObject({
      wrong: [],
      tag: {
        ...required,
        apiVersion: 'v26.0',
        customerFileSource: 'USER_PROVIDED_ONLY',
        valueBased: false,
        baseUrl: 'https://graph.facebook.com',
      },
    });
  });

  it.each([
    ['adAccountId', 'act_1234567890', '1234567890'],
    ['adAccountId', ' 77 ', '77'],
    ['valueBased', 'true', true],
    ['valueBased', 'false', false],
    ['apiVersion', 'v27.0', 'v27.0'],
    ['customerFileSource', 'BOTH_USER_AND_PARTNER_PROVIDED', 'BOTH_USER_AND_PARTNER_PROVIDED'],
    ['appSecret', '0123456789abcdef0123456789abcdef', '0123456789abcdef0123456789abcdef'],
    ['baseUrl', 'https://graph.facebook.com/', 'https://graph.facebook.com'],
    ['baseUrl', 'https://graph.example:8443', 'https://graph.example:8443'],
    ['baseUrl', 'http://127.0.0.1:4000', 'http://127.0.0.1:4000'],
    ['baseUrl', 'http://localhost:4000', 'http://localhost:4000'],
    ['baseUrl', 'http://[::1]:4000', 'http://[::1]:4000'],
  ])('takes %s %j', (name, value, expected) => {
    const { tag, wrong } = tagOf({ ...required, [name]: value });
    expect(wrong).toEqual([]);
    expect(tag[name as keyof FacebookTag]).toBe(expected);
  });

  it.each([
    ['accessToken', 'two words'],
    ['accessToken', 'line\nbreak'],
    ['adAccountId', 'act_x9'],
    ['adAccountId', '12a4'],
    ['adAccountId', 'act_act_12'],
    ['appSecret', 'has blank'],
    ['apiVersion', '27.0'],
    ['apiVersion', 'v26.0/../x'],
    ['customerFileSource', 'NOT_APPLICABLE'],
    ['valueBased', 'yes'],
    ['baseUrl', 'http://graph.facebook.com'],
    ['baseUrl', 'http://127.0.0.1.evil.example'],
    ['baseUrl', 'http://localhost.evil.example'],
    ['baseUrl', 'https://graph.facebook.com/v26.0'],
    ['baseUrl', 'https://user:pass@graph.facebook.com'],
    ['baseUrl', 'https://graph.facebook.com?x=1'],
    ['baseUrl', 'ftp://graph.facebook.com'],
    ['baseUrl', 'graph.facebook.com'],
  ])('refuses %s %j by name, not by value', (name, value) => {
    const { wrong, words } = tagOf({ ...required, [name]: value });
    expect(wrong).toEqual([name]);
    expect(words).not.toContain(value);
  });
});
