import { requireSupportedNode } from './runtime.js';

requireSupportedNode();

// Loaded only now: on an old Node the imports themselves would fail with a less helpful message.
const { start } = await import('./start.js');
await start();
