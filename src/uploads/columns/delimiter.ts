const QUOTE = 0x22;
const LINE_ENDS = [0x0a, 0x0d];
const DELIMITERS = [',', ';', '\t'] as const;
export type Delimiter = (typeof DELIMITERS)[number];

/** Where the first line with anything on it ends, a line end within quotes aside; -1: not yet. */
export function headerEnd(start: Buffer): number {
  let isQuoted = false;
  let isEmpty = true;
  for (let at = 0; at < start.length; at++) {
    const byte = start[at]!;
    if (byte === QUOTE) isQuoted = !isQuoted;
    if (!LINE_ENDS.includes(byte)) isEmpty = false;
    else if (!isQuoted && !isEmpty) return at;
  }
  return -1;
}

/** What stands most often between the names of the header; a comma where nothing does. */
export function delimiterOf(header: string): Delimiter {
  const unquoted = header.replace(/"[^"]*"/g, '');
  const count = (delimiter: Delimiter) => unquoted.split(delimiter).length;
  return DELIMITERS.reduce((best, delimiter) => (count(delimiter) > count(best) ? delimiter : best));
}
