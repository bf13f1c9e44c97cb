const LOOKS_LIKE_EMAIL = /[^\s@]@[^\s@]+\.[^\s@]/;
const PHONE_CHARACTERS = /^\+?[\d\s().\-/]+$/;
/** What tells a phone from a number that only identifies: a plus, a bracketed area code, blanks between groups. */
const PHONE_LAYOUT = /^\+|^\(?\d{1,5}\)|\(\d{1,5}\)|\d\s+[\d(]|^(?:1[-.])?\d{3}([-.])\d{3}\1\d{4}$/;
const NON_ASCII = /[\u0080-\uFFFF]/;

/**
 * Pure: whether an id, which is sent or shown as it is, looks like an e-mail address or a phone number in any script. A number
 * without any layout is an id.
 */
export function looksPersonal(id: string): boolean {
  const text = (NON_ASCII.test(id) ? plain(id) : id).trim();
  if (LOOKS_LIKE_EMAIL.test(text)) return true;
  if (text.length > 40 || !PHONE_CHARACTERS.test(text) || !PHONE_LAYOUT.test(text)) return false;
  const digits = text.replace(/\D+/g, '').length;
  return digits >= 7 && digits <= 15;
}

/** Full-width forms as ASCII, without invisible marks; every digit as a zero, since only their places count. */
function plain(id: string): string {
  return id
    .replace(/\p{Cf}/gu, '')
    .normalize('NFKC')
    .replace(/\p{Nd}/gu, '0');
}
