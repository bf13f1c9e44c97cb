/**
 * The sandbox in a process of its own, with platforms that decide at once and count nothing: what is measured is the service.
 * Says on its first line where each platform is and what the service needs to know of it; ends with its input.
 */
import { SIMULATOR_IDS, startSandbox } from '../../src/sandbox/sandbox.js';

const sandbox = await startSandbox({
  log: { maxEntries: 1, maxBodyBytes: 1 },
  facebook: { populationDelayMs: 0, throttle: { maxScore: 1e9, callsPerHour: 1e9 } },
  tiktok: {
    processingMs: 0,
    generalRate: { perSecond: 1e6, perMinute: 1e8 },
    segmentRate: { perSecond: 1e6, perMinute: 1e8 },
  },
  klaviyo: { rateLimits: false, jobMs: 0, segmentDelayMs: 0 },
  linkedin: { processingMs: 0, userCallsPerMinute: 1e6, callsPerDay: 1e9 },
  twitter: { matchMs: 0, usersPerMinute: 1e9, writesPerMinute: 1e6 },
  google: { processingMs: 0, sizeDelayMs: 0, rateLimits: false },
});
const places = SIMULATOR_IDS.map((id) => [id, { origin: sandbox[id].origin, environment: sandbox[id].environment }]);
process.stdout.write(`${JSON.stringify(Object.fromEntries(places))}\n`);
process.stdin.resume().once('end', () => void sandbox.stop());
