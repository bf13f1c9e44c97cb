/** A call to the sandbox itself, not to the platform it plays, that makes no sense. */
export class SandboxInputError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SandboxInputError';
  }
}

/** `value` as an object with string keys, or a refusal that names `what`. */
export function asObject(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new SandboxInputError(`${what} must be a JSON object`);
  }
  return value as Record<string, unknown>;
}

/** `*` stands for any run of characters, slashes included; everything else for itself. */
export function globPattern(glob: string): RegExp {
  const literal = glob.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${literal.join('.*')}$`);
}
