const EMAIL =
  /^[a-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[a-z0-9!#$%&'*+/=?^_`{|}~-]+)*@(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]$/i;
const LONGEST_EMAIL = 254;
const LONGEST_LOCAL_PART = 64;

/** Calling codes whose numbers are known by length and pattern; of other countries any E.164 number counts. */
const NATIONAL_NUMBERS: Readonly<Record<string, RegExp>> = {
  '1': /^(?:[2-9]\d{2}[2-9]\d{6}|310\d{4})$/,
  '44': /^(?:[1-357-9]\d{9}|[18]\d{8}|8\d{6})$/,
  '353': /^(?:(?:1\d|[2569])\d{6,8}|4\d{6,9}|7\d{8}|8\d{8,9})$/,
  '61': /^(?:1(?:[0-79]\d{7}(?:\d(?:\d{2})?)?|8[0-24-9]\d{7})|[2-478]\d{8}|1\d{4,7})$/,
  '64': /^(?:[1289]\d{9}|50\d{5}(?:\d{2,3})?|[27-9]\d{7,8}|(?:[34]\d|6[0-35-9])\d{6}|8\d{4,6})$/,
};

/** True for an address that the platform takes. It is strict: one bad address refuses a whole import. */
export function isEmail(text: string): boolean {
  return text.length <= LONGEST_EMAIL && text.indexOf('@') <= LONGEST_LOCAL_PART && EMAIL.test(text);
}

/**
 * True for a phone number in E.164, the only form that the platform takes, which its country can have.
 * https://help.klaviyo.com/hc/en-us/articles/360046055671
 */
export function isPhone(text: string): boolean {
  const digits = /^\+([1-9]\d{6,14})$/.exec(text)?.[1];
  if (digits === undefined) return false;
  const code = Object.keys(NATIONAL_NUMBERS).find((candidate) => digits.startsWith(candidate));
  return code === undefined || (NATIONAL_NUMBERS[code]?.test(digits.slice(code.length)) ?? false);
}
