/**
 * Loaded into a service before anything else (`NODE_OPTIONS=--import`): on SIGWINCH, which ends nothing, it writes to stderr how long the event loop of
 * the main thread was held up since the signal before, in ms.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { isMainThread } from 'node:worker_threads';

const RESOLUTION_MS = 1;

if (isMainThread) {
  const delays = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  delays.enable();
  process.on('SIGWINCH', () => {
    // What is recorded is the time between two timers: the pause that was asked for is in it.
    const stall = (ns: number) => Math.max(0, ns / 1e6 - RESOLUTION_MS);
    process.stderr.write(
      `stalls ${stall(delays.percentile(99))} ${stall(delays.percentile(99.9))} ${stall(delays.max)}\n`,
    );
    delays.reset();
  });
}
