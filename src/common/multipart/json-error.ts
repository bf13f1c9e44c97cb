type Expected = 'value' | 'value-or-end' | 'key' | 'key-or-end' | 'colon' | 'comma-or-end' | 'nothing';

const BLANKS = /[ \t\n\r]*/y;
const ESCAPE = /["\\/bfnrt]|u[0-9a-fA-F]{4}/y;
const SCALAR = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;

/**
 * Says where a text stops being JSON, as `line 1, column 13`. The message of `JSON.parse` quotes the text, which may be a
 * user's data, and often lacks the place.
 */
export function describeJsonError(text: string): string {
  const offset = jsonErrorOffset(text);
  if (offset >= text.length) return 'is not valid JSON: it ends too early';
  let line = 1;
  let start = 0;
  // Counted, not split: a hostile text is nothing but lines.
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', start)) {
    line += 1;
    start = end + 1;
  }
  return `is not valid JSON at line ${line}, column ${offset - start + 1}`;
}

/** The first character that no JSON text could go on with; the length of the text when it only lacks an end. */
function jsonErrorOffset(text: string): number {
  const open: ('[' | '{')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  for (;;) {
    at = skip(BLANKS, text, at);
    const char = text[at];
    if (char === undefined || expected === 'nothing') return at;
    if (isEnd(char, expected, open.at(-1))) {
      open.pop();
      at += 1;
      expected = open.length === 0 ? 'nothing' : 'comma-or-end';
    } else if (expected === 'colon' || expected === 'comma-or-end') {
      if (char !== (expected === 'colon' ? ':' : ',')) return at;
      at += 1;
      expected = expected === 'comma-or-end' && open.at(-1) === '{' ? 'key' : 'value';
    } else if ((char === '[' || char === '{') && expected.startsWith('value')) {
      open.push(char);
      at += 1;
      expected = char === '[' ? 'value-or-end' : 'key-or-end';
    } else {
      const end = char === '"' ? endOfString(text, at) : expected.startsWith('value') ? skip(SCALAR, text, at) : at;
      if (end <= at) return end === at ? at : -end;
      at = end;
      expected = expected.startsWith('key') ? 'colon' : open.length === 0 ? 'nothing' : 'comma-or-end';
    }
  }
}

function isEnd(char: string, expected: Expected, open: '[' | '{' | undefined): boolean {
  if (char === ']') return open === '[' && (expected === 'value-or-end' || expected === 'comma-or-end');
  return char === '}' && open === '{' && (expected === 'key-or-end' || expected === 'comma-or-end');
}

function skip(pattern: RegExp, text: string, from: number): number {
  pattern.lastIndex = from;
  return pattern.test(text) ? pattern.lastIndex : from;
}

/** The offset after the closing quote; negated, the offset of what may not stand in a string. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] ?? '';
    if (char === '"') return at + 1;
    if (char < ' ') return -at;
    if (char !== '\\') continue;
    const end = skip(ESCAPE, text, at + 1);
    if (end === at + 1) return -Math.min(end, text.length);
    at = end - 1;
  }
  return -text.length;
}
