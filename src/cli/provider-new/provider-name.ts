/** Why no provider was written, in one sentence for whoever asked for it. */
export class ProviderNewError extends Error {}

/** A platform's id in the three ways in which the code spells it. */
export interface ProviderName {
  /** `pinterest`: folders, files, keys. */
  readonly id: string;
  /** `Pinterest`: classes, and how messages call it. */
  readonly className: string;
  /** `PINTEREST`: variables. */
  readonly variable: string;
}

/** Folders beside the platforms', keys that the sandbox has for itself, and names that would give a class of the contract. */
const TAKEN = [
  'contract',
  'dto',
  'kit',
  'tokens',
  'host',
  'log',
  'ports',
  'stop',
  'audience',
  'constructor',
  'prepared',
  'provider',
];

/** Reads the words after `npm run provider:new`. Throws ProviderNewError when they are not one usable id. */
export function readProviderName(words: readonly string[]): ProviderName {
  const [id] = words;
  if (id === undefined || words.length > 1) {
    throw new ProviderNewError('Give the id of one platform, as in: npm run provider:new pinterest');
  }
  if (!/^[a-z][a-z0-9]*$/.test(id)) {
    throw new ProviderNewError(
      `"${id}" cannot be an id: take a lower-case letter, then lower-case letters and digits.`,
    );
  }
  if (TAKEN.includes(id)) {
    throw new ProviderNewError(`"${id}" cannot be an id: the project uses this word for something else.`);
  }
  return { id, className: `${id.charAt(0).toUpperCase()}${id.slice(1)}`, variable: id.toUpperCase() };
}
