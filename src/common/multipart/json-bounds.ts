const QUOTE = 0x22;
const COMMA = 0x2c;
const BACKSLASH = 0x5c;

/** How much a JSON text may hold. */
export interface JsonBounds {
  /** Levels of arrays and objects. */
  readonly levels: number;
  /** Entries of the outermost array (or members of the outermost object). */
  readonly entries?: number;
  /** Values of all levels together. */
  readonly values?: number;
}

/**
 * Which bound a JSON text is beyond, told from its bytes before it is parsed: a body of nothing but brackets would keep the
 * parser busy for seconds, take thirty times its size in memory, and overflow the stack of whatever walks the value afterwards.
 * Says nothing about a text that is no JSON.
 */
export function boundBroken(json: Buffer, bounds: JsonBounds): keyof JsonBounds | undefined {
  const { levels, entries = Infinity, values = Infinity } = bounds;
  let depth = 0;
  let outer = 1;
  let all = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === QUOTE) {
      do at++;
      while (at < json.length && json[at] !== QUOTE && (json[at] !== BACKSLASH || ++at < json.length));
    } else if (byte === COMMA) {
      if (depth === 1 && ++outer > entries) return 'entries';
      if (++all > values) return 'values';
    } else if (byte === 0x5b || byte === 0x7b) {
      if (++depth > levels) return 'levels';
      if (++all > values) return 'values';
    } else if (byte === 0x5d || byte === 0x7d) depth--;
  }
  return undefined;
}
