import { requireSupportedNode } from '../runtime.js';

requireSupportedNode();

const { runDemo } = await import('./demo-run.js');
try {
  await runDemo({ once: process.argv.includes('--once') });
} catch (error) {
  process.stderr.write(`The demo ended: ${error instanceof Error ? error.message : 'for an unknown reason'}\n`);
  process.exit(1);
}
