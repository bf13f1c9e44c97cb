import { writeNewProvider } from './provider-new/new-provider.js';
import { ProviderNewError, readProviderName } from './provider-new/provider-name.js';

/** `npm run provider:new <id>`, in the root of the project: a new platform, as far as it can be written without knowing it. */
async function main(): Promise<void> {
  const name = readProviderName(process.argv.slice(2));
  const { written, changed } = await writeNewProvider(process.cwd(), name);
  const lines = [
    ...written.map((path) => `written  ${path}`),
    ...changed.map((path) => `changed  ${path}`),
    '',
    `Left to write: grep -rn 'TO WRITE' src/providers/${name.id} src/sandbox/${name.id}`,
    `It is done when this is green: npm run test:only -- src/providers/${name.id}`,
    'README.md, "Add a platform", goes through it.',
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

main().catch((error: unknown) => {
  if (!(error instanceof ProviderNewError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
