import { type IdType, packId } from '../members/id-types.js';
import { TikTokError } from '../tiktok-error.js';
import { COLUMNS, MULTIPLE_TYPES, SINGLE_TYPES } from './calculate-types.js';

/** A header name may stand for several columns of a file. */
const MAX_REPEATS = 3;

/** The keys of the people in a file, one for each row that names somebody. A file with one bad line is refused whole. */
export function readFileKeys(content: string, calculateType: string): string[] {
  const lines = content.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
  if (lines.at(-1) === '') lines.pop();
  const single = SINGLE_TYPES.find((type) => type === calculateType);
  if (single !== undefined) return lines.map((line, index) => packed(line, [single], index + 1));
  return readTable(lines);
}

function readTable([header = '', ...lines]: readonly string[]): string[] {
  const columns = readHeader(header);
  return lines
    .map((line, index) => {
      const cells = line.split(',');
      if (cells.length !== columns.length) throw offSpec(index + 2);
      const ids = cells.flatMap((cell, at) => (cell === '' ? [] : packed(cell, columns[at] ?? [], index + 2)));
      // A packed identifier begins with its type: sorted, the same person has the same key in any order of columns.
      return [...new Set(ids)].sort().join('');
    })
    .filter((key) => key !== '');
}

function readHeader(header: string): (readonly IdType[])[] {
  const names = header.split(',').map((name) => name.toLowerCase());
  return names.map((name) => {
    const types = Object.hasOwn(COLUMNS, name) ? COLUMNS[name] : undefined;
    if (types === undefined || names.filter((other) => other === name).length > MAX_REPEATS) {
      throw new TikTokError(40915, `The first line of a ${MULTIPLE_TYPES} file must name its columns.`);
    }
    return types;
  });
}

function packed(value: string, types: readonly IdType[], line: number): string {
  for (const type of types) {
    const id = packId(type, value);
    if (id !== undefined) return id;
  }
  throw offSpec(line);
}

function offSpec(line: number): TikTokError {
  return new TikTokError(40915, `Line ${line} of the file does not meet the specifications.`);
}
