import { ProviderNewError, type ProviderName } from './provider-name.js';

export const PLATFORMS_FILE = 'src/providers/platforms.ts';
export const SANDBOX_FILE = 'src/sandbox/sandbox.ts';

/** Where one line is added, and the imports that it needs. */
interface Addition {
  readonly file: string;
  readonly imports: readonly string[];
  /** The line that the list begins with, and what it ends with. */
  readonly opening: RegExp;
  readonly closing: string;
  readonly entry: string;
}

/** The text of `src/providers/platforms.ts` with one platform more. Throws ProviderNewError when the list is not found. */
export function inPlatforms(text: string, { id, className }: ProviderName): string {
  const imports = [
    `import { ${id}Settings } from './${id}/${id}.config.js';`,
    `import { ${className}Module } from './${id}/${id}.module.js';`,
    `import { ${className}Provider } from './${id}/${id}.provider.js';`,
  ];
  const entry = `{ module: ${className}Module, provider: ${className}Provider, settings: ${id}Settings },`;
  return added(text, id, {
    file: PLATFORMS_FILE,
    imports,
    opening: /^export const PLATFORMS\b.*\[$/m,
    closing: '\n];',
    entry,
  });
}

/**
 * The text of `src/sandbox/sandbox.ts` with one simulator more, the last, so that the others keep their fixed ports. Throws
 * ProviderNewError when the list is not found.
 */
export function inSandbox(text: string, { id, className }: ProviderName): string {
  const simulator = `${className}Simulator`;
  const imports = [`import { ${simulator}, type ${simulator}Options } from './${id}/${id}.simulator.js';`];
  const entry = `${id}: (clock: SandboxClock, options?: ${simulator}Options) => new ${simulator}(clock, options),`;
  return added(text, id, { file: SANDBOX_FILE, imports, opening: /^const SIMULATORS\b.*\{$/m, closing: '\n};', entry });
}

function added(text: string, id: string, { file, imports, opening, closing, entry }: Addition): string {
  const start = text.search(opening);
  const end = start === -1 ? -1 : text.indexOf(closing, start);
  const importsAt = placeOfImports(text, id);
  if (end === -1 || importsAt === undefined) {
    throw new ProviderNewError(`${file} does not have the list that was expected: add "${entry}" by hand.`);
  }
  const beforeImports = text.slice(0, importsAt);
  return `${beforeImports}${imports.join('\n')}\n${text.slice(importsAt, end)}\n  ${entry}${text.slice(end)}`;
}

/** In the order of the alphabet among the imports from beside the file. */
function placeOfImports(text: string, id: string): number | undefined {
  const all = [...text.matchAll(/^import\b[^;]*? from '([^']+)';$/gm)];
  const next = all.find(([, from = '']) => from.startsWith('./') && from > `./${id}/`);
  const last = all.at(-1);
  return next?.index ?? (last && last.index + last[0].length + 1);
}
