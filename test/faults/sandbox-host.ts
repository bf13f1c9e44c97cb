/**
 * The sandbox in a process of its own, which the storm never kills: members are kept in its memory. Says on its first line where
 * each platform is and what the service needs to know of it; ends with its input, so that it outlives no test run.
 */
import { SIMULATOR_IDS, startSandbox } from '../../src/sandbox/sandbox.js';

const sandbox = await startSandbox({
  // Long enough that a kill finds calls in flight.
  latencyMs: 300,
  // Every request is evidence.
  log: { maxEntries: 1_000_000, maxBodyBytes: 1024 ** 3 },
  // Limits of their own would make how long the suite takes a matter of luck; the faults bring limits enough.
  tiktok: { generalRate: { perSecond: 10_000, perMinute: 600_000 } },
  klaviyo: { rateLimits: false },
  facebook: { throttle: { maxScore: 1_000_000, callsPerHour: 1_000_000 } },
});
const places = SIMULATOR_IDS.map((id) => [id, { origin: sandbox[id].origin, environment: sandbox[id].environment }]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(places))}\n`);
process.stdin.resume().once('end', () => void sandbox.stop());
