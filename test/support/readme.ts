import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

/** The text below a heading of the second or third level, up to the next one. */
export function sectionOf(heading: string): string {
  const found = README.split(/^###? /m).find((text) => text.startsWith(`${heading}\n`));
  if (found === undefined) throw new Error(`README has no section ${heading}`);
  return found;
}

/** The lines of the table whose first column is called so, each as its cells. */
export function tableOf(section: string, firstColumn: string): string[][] {
  const lines = section.split('\n');
  const head = lines.findIndex((line) => line.startsWith(`| ${firstColumn} |`));
  const rest = head === -1 ? [] : lines.slice(head + 2);
  const end = rest.findIndex((line) => !line.startsWith('|'));
  return rest.slice(0, end === -1 ? undefined : end).map(cellsOf);
}

/** The words in backquotes. */
export function wordsIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word!);
}

/** The file that a cell such as `[events]` leads to. */
export function fileOf(cell: string): string {
  const [, name] = /^\[([a-z-]+)\]$/.exec(cell) ?? [];
  const [, path] = new RegExp(`^\\[${name}\\]: (\\S+)$`, 'm').exec(README) ?? [];
  if (path === undefined) throw new Error(`README does not say where ${cell} is`);
  return readFileSync(join(ROOT, path), 'utf8');
}

function cellsOf(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}
