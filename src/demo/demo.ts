import { requireSupportedNode } from '../runtime.js';

requireSupportedNode();

const { runDemo } = await import('./demo-run.js');
await runDemo({ once: process.argv.includes('--once') });
