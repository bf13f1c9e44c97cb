import type { ApiKey, Scope } from './config.js';

const SCOPES: readonly Scope[] = ['audience:write', 'audience:read', 'admin'];
const SHORTEST_SECRET = 16;

export interface ApiKeyList {
  readonly keys: readonly ApiKey[];
  readonly problems: readonly string[];
}

/**
 * Reads `name:secret[:scope+scope]`, comma-separated. A key without scopes has all of them. Problems name an entry by its
 * place: even the part before the first colon may be a secret when somebody forgot the name.
 */
export function parseApiKeys(text: string): ApiKeyList {
  const keys: ApiKey[] = [];
  const problems: string[] = [];
  text.split(',').forEach((entry, index) => {
    const where = `API_KEYS entry ${index + 1}`;
    // Scopes hold colons themselves, so only the first two separate.
    const [name = '', secret = '', ...rest] = entry.trim().split(':');
    const scopes = rest.length === 0 ? SCOPES : rest.join(':').split('+');
    const found = [
      ...mistakesOfKey(name, secret, scopes),
      ...(name !== '' && keys.some((key) => key.name === name) ? ['repeats the name of an earlier entry'] : []),
      ...(secret !== '' && keys.some((key) => key.secret === secret) ? ['repeats the secret of an earlier entry'] : []),
    ];
    problems.push(...found.map((problem) => `${where} ${problem}`));
    keys.push({ name, secret, scopes: scopes.filter(isScope) });
  });
  return { keys, problems };
}

function mistakesOfKey(name: string, secret: string, scopes: readonly string[]): string[] {
  const problems: string[] = [];
  if (!/^[\w.-]{1,64}$/.test(name)) {
    problems.push('must start with a name of letters, digits, dot, dash or underscore, then a colon');
  }
  if (secret === '') {
    problems.push('must be name:secret, with scopes behind a further colon');
  } else if (secret.length < SHORTEST_SECRET) {
    problems.push(`must have a secret of at least ${SHORTEST_SECRET} characters`);
  } else if (!/^[\x21-\x7e]+$/.test(secret)) {
    problems.push('must have a secret of printable ASCII characters without blanks');
  }
  if (!scopes.every(isScope)) {
    problems.push(`must end with scopes among ${SCOPES.join(', ')}, joined by +, or without scopes`);
  }
  return problems;
}

function isScope(text: string): text is Scope {
  return (SCOPES as readonly string[]).includes(text);
}
