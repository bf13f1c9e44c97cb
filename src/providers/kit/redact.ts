const LONGEST_TEXT = 300;

/** Longer texts are cut before the patterns run, so that a hostile answer cannot make them slow. */
const LONGEST_INPUT = 4_000;

/** A secret shorter than this is not looked for: taking out every "a" would leave nothing to read. */
const SHORTEST_SECRET = 4;

/** In this order: what names a secret goes first, so that a later pattern cannot leave half of it. */
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(bearer|basic|oauth)\s+[\w.~+/=|%-]+/gi, '$1 [secret]'],
  [
    /([\w-]*(?:token|secret|password|passwd|api[_-]?key|appsecret_proof|signature))(["']?\s*[=:]\s*["']?)[^\s&"',;}]+/gi,
    '$1$2[secret]',
  ],
  [/\beyJ[\w-]+(?:\.[\w-]*){1,4}/g, '[secret]'],
  [/[\p{L}\p{N}._%+'-]+(?:@|%40)[\p{L}\p{N}.-]+/giu, '[email]'],
  [/(?=[\w+/=-]*\d)[\w+/=-]{32,}/g, '[hidden]'],
  [/\b(?=[\w-]*[a-z])(?=[\w-]*[A-Z])(?=[\w-]*\d)[\w-]{20,}/g, '[hidden]'],
  [/\+?\p{Nd}(?:[\s().-]{0,3}\p{Nd}){6,}/gu, '[number]'],
];

/**
 * Makes a platform's own words fit to be shown and logged: takes out the given secrets, tokens, e-mail addresses, digests
 * and runs of seven and more digits (phone numbers, ids), folds white space and control characters, and cuts to 300 characters.
 */
export function redactText(text: string, secrets: readonly (string | undefined)[] = []): string {
  let safe = cut(text);
  for (const secret of secrets) {
    if (secret !== undefined && secret.length >= SHORTEST_SECRET) {
      safe = safe.replaceAll(secret, '[secret]').replaceAll(encodeURIComponent(secret), '[secret]');
    }
  }
  safe = safe.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ');
  for (const [pattern, replacement] of PATTERNS) {
    safe = safe.replace(pattern, replacement);
  }
  safe = safe.trim();
  return safe.length > LONGEST_TEXT ? `${safe.slice(0, LONGEST_TEXT - 1)}…` : safe;
}

/** The last word of a cut text may be half a secret that no pattern knows any more: it goes as well. */
function cut(text: string): string {
  return text.length > LONGEST_INPUT ? text.slice(0, LONGEST_INPUT).replace(/\S+$/, '') : text;
}
