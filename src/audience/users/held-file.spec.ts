import { describe, expect, it } from '@jest/globals';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { heldFile } from './held-file.js';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield await Promise.resolve(bytes.subarray(at, at + size));
}

/** What becomes of a file that comes in such pieces; in both cases all of it is there. */
async function read(content: string | Buffer, { name = 'blob', type = '', size = 5, most = 1_000 } = {}) {
  const bytes = Buffer.from(content as string);
  const file = await heldFile({ bytes: pieces(bytes, size), name, type }, most);
  expect((file.held ?? (await buffer(file.rest))).equals(bytes)).toBe(true);
  return file.held ? 'held' : 'read as it comes';
}

describe('heldFile', () => {
  it.each<[string, string | Buffer, object]>([
    ['an array', '[{"email":"a@example.com"}]', {}],
    ['an array of its name', ' \n[{}]', { name: 'users.json' }],
    ['an array behind a byte order mark', '\ufeff[{}]', {}],
    ['what is neither', 'garbage', {}],
    ['what is neither, however much it is', 'garbage'.repeat(300), {}],
    ['nothing but blanks, however many', ' '.repeat(70_000), {}],
    ['nothing', '', {}],
    ['nothing but blanks', ' '.repeat(200), {}],
    ['an array of just as much as is held', `[${' '.repeat(998)}]`, {}],
  ])('holds %s', async (_, content, options) => {
    for (const size of [1, 5, 4_096]) expect(await read(content, { ...options, size })).toBe('held');
  });

  it.each<[string, string | Buffer, object]>([
    ['lines of JSON', '{"email":"a@example.com"}\n', {}],
    ['lines of JSON behind a byte order mark', '\ufeff\n{}\n', { type: 'application/json' }],
    ['lines by their name, whatever the first is', 'garbage\n{}\n', { name: 'users.jsonl.gz.ndjson' }],
    ['CSV by its name', 'email\na@example.com\n', { name: 'users.csv' }],
    ['CSV by its type', 'email\na@example.com\n', { type: 'text/csv' }],
    ['what is packed', gzipSync('[{}]'), {}],
    ['an array of more than is held', `[${' '.repeat(999)}]`, {}],
  ])('does not hold %s', async (_, content, options) => {
    for (const size of [1, 5, 4_096]) expect(await read(content, { ...options, size })).toBe('read as it comes');
  });
});
