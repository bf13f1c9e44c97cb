const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Whether JSON is nested deeper than so many levels, told from its bytes before it is parsed: a body of nothing but brackets
 * would keep the parser busy for seconds, and whatever walks the value afterwards would overflow the stack.
 */
export function isDeeperThan(levels: number, json: Buffer): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      do at++;
      while (at < json.length && json[at] !== QUOTE && (json[at] !== BACKSLASH || ++at < json.length));
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > levels) return true;
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return false;
}
