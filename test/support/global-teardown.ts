import { once } from 'node:events';

/** Tells the reaper that the run is over, and waits until server and folder are gone. */
export default async function globalTeardown(): Promise<void> {
  const reaper = globalThis.databaseReaper;
  if (!reaper || reaper.exitCode !== null) return;
  const gone = once(reaper, 'exit');
  reaper.stdin?.end();
  await gone;
}
