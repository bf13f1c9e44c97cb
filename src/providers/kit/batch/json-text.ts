/** What JSON writes as it is, each character one byte. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON has it. `JSON.stringify` costs several times as much as looking whether there is anything to escape. */
export function jsonText(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}

/**
 * The same text in one piece. One that was put together is kept as its pieces until somebody reads it; what goes into ten
 * thousand others would be put together as often.
 *
 * @param text of ASCII alone
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
