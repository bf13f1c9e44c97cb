import { SIMULATOR_IDS, startSandbox } from './sandbox.js';

const FIRST_PORT = 4010;

/** Starts every platform on a fixed port and prints what to copy into `.env`. */
async function main(): Promise<void> {
  const first = Number(process.env['SANDBOX_PORT'] ?? FIRST_PORT);
  if (!Number.isInteger(first) || first < 1 || first + SIMULATOR_IDS.length > 65_536) {
    throw new Error('SANDBOX_PORT must be a port number');
  }
  const host = process.env['SANDBOX_HOST'] ?? '127.0.0.1';
  const ports = Object.fromEntries(SIMULATOR_IDS.map((id, index) => [id, first + index]));
  const sandbox = await startSandbox({ host, ports });
  for (const id of SIMULATOR_IDS) {
    console.log(`\n# ${id}: control calls under ${sandbox[id].origin}/_sandbox`);
    for (const [name, value] of Object.entries(sandbox[id].environment)) console.log(`${name}=${value}`);
  }
  console.log('\nThe sandbox runs until Ctrl-C.');
  const end = (): void => void sandbox.stop();
  process.once('SIGINT', end);
  process.once('SIGTERM', end);
}

main().catch((error: unknown) => {
  console.error(`The sandbox did not start: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
});
