/** What JSON writes as it is, each character one byte. */
const PLAIN = /^[ !#-[\]-~]*$/;

/** A text as JSON has it. `JSON.stringify` costs several times as much as looking whether there is anything to escape. */
export function jsonText(value: string): string {
  return PLAIN.test(value) ? `"${value}"` : JSON.stringify(value);
}
