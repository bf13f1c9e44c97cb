import { identifiersOf, type InputSession, MARK, PHONE_START } from './input.js';

/** Within longer runs of hexadecimal digits are the ids and ciphertexts of others. */
const PHONES = new RegExp(`(?<![0-9a-f])\\+?${PHONE_START.slice(1)}\\d{7}(?![0-9a-f])`, 'g');
const DIGESTS = /(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])/g;

/** Looks for values of the input, and for secrets, where none may be. */
export class LeakSearch {
  private readonly identifiers: ReadonlySet<string>;

  constructor(
    sessions: readonly InputSession[],
    private readonly secrets: readonly string[],
  ) {
    const users = sessions.flatMap(({ batches }) => batches.flatMap((batch) => batch.users));
    this.identifiers = new Set(users.flatMap(identifiersOf));
  }

  /** Everything of them that stands in the text. */
  in(text: string): string[] {
    const plain = [MARK, ...this.secrets].filter((value) => text.includes(value));
    const phones = (text.match(PHONES) ?? []).map((phone) => `+${phone.replace('+', '')}`);
    const known = [...phones, ...(text.match(DIGESTS) ?? [])].filter((value) => this.identifiers.has(value));
    return [...plain, ...known];
  }
}
