import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '..');
const section = readFileSync(join(root, 'README.md'), 'utf8')
  .split(/^## /m)
  .find((text) => text.startsWith('What is guaranteed'));
const rows = [
  ...(section ?? '').matchAll(/^\| (?<promise>[^|]+) \| \[[^\]]+\]\((?<file>[^)]+)\): (?<title>[^|]+) \|$/gm),
].map(({ groups }) => [groups!.promise!, groups!.file!, groups!.title!] as const);

describe('what README guarantees', () => {
  it('is a table of promises', () => {
    expect(rows.length).toBeGreaterThan(15);
    const lines = (section ?? '').split('\n').filter((line) => line.startsWith('| ') && !line.startsWith('| promise'));
    expect(rows).toHaveLength(lines.length);
  });

  it.each(rows)('has its test: %s', (_, file, title) => {
    expect(readFileSync(join(root, file), 'utf8')).toContain(`'${title}'`);
  });
});
