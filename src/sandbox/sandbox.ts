import { FacebookSimulator } from './facebook/facebook.simulator.js';
import { type FacebookSimulatorOptions } from './facebook/facebook-options.js';
import { GoogleSimulator } from './google/google.simulator.js';
import { type GoogleSimulatorOptions } from './google/google-options.js';
import { KlaviyoSimulator } from './klaviyo/klaviyo.simulator.js';
import { type KlaviyoSimulatorOptions } from './klaviyo/klaviyo-options.js';
import { LinkedInSimulator } from './linkedin/linkedin.simulator.js';
import { type LinkedInSimulatorOptions } from './linkedin/linkedin-options.js';
import { SandboxClock } from './sandbox-clock.js';
import { SandboxInputError } from './sandbox-input.js';
import { type Simulator } from './simulator.js';
import { SimulatorServer, type SimulatorSettings } from './simulator-server.js';
import { TikTokSimulator } from './tiktok/tiktok.simulator.js';
import { type TikTokSimulatorOptions } from './tiktok/tiktok-options.js';
import { TwitterSimulator } from './twitter/twitter.simulator.js';
import { type TwitterSimulatorOptions } from './twitter/twitter-options.js';

/** Every platform of the sandbox, one line each. Their order is the order of their fixed ports. */
const SIMULATORS = {
  facebook: (clock: SandboxClock, options?: FacebookSimulatorOptions) => new FacebookSimulator(clock, options),
  tiktok: (clock: SandboxClock, options?: TikTokSimulatorOptions) => new TikTokSimulator(clock, options),
  klaviyo: (clock: SandboxClock, options?: KlaviyoSimulatorOptions) => new KlaviyoSimulator(clock, options),
  linkedin: (clock: SandboxClock, options?: LinkedInSimulatorOptions) => new LinkedInSimulator(clock, options),
  twitter: (clock: SandboxClock, options?: TwitterSimulatorOptions) => new TwitterSimulator(clock, options),
  google: (clock: SandboxClock, options?: GoogleSimulatorOptions) => new GoogleSimulator(clock, options),
};

export type SimulatorId = keyof typeof SIMULATORS;

/** The ids of all platforms, in the order of their fixed ports. */
export const SIMULATOR_IDS = Object.keys(SIMULATORS) as SimulatorId[];

type SimulatorOptions = { readonly [Id in SimulatorId]?: Parameters<(typeof SIMULATORS)[Id]>[1] };

/** The same list, told to the compiler so that a simulator and its own options go together. */
const FACTORIES: { readonly [Id in SimulatorId]: (clock: SandboxClock, options?: SimulatorOptions[Id]) => Simulator } =
  SIMULATORS;

/** Where the simulators listen, what they share, and each platform's own options under its id. */
export interface SandboxOptions extends SimulatorSettings, SimulatorOptions {
  /** A loopback address; default `127.0.0.1`. */
  readonly host?: string;
  /** Default: a free port each. */
  readonly ports?: { readonly [Id in SimulatorId]?: number };
}

/** The running platforms, by id. */
export type Sandbox = { readonly [Id in SimulatorId]: SimulatorServer } & { stop(): Promise<void> };

/** Starts every platform on loopback. They accept any token, so no other address is allowed. */
export async function startSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const host = options.host ?? '127.0.0.1';
  if (!isLoopback(host)) throw new SandboxInputError('the sandbox listens on a loopback address only');
  const servers = new Map<SimulatorId, SimulatorServer>();
  const stop = async (): Promise<void> => {
    await Promise.all([...servers.values()].map((server) => server.stop()));
  };
  try {
    for (const id of SIMULATOR_IDS) {
      const clock = new SandboxClock();
      const server = new SimulatorServer(simulatorOf(id, clock, options), clock, options);
      await server.listen(host, options.ports?.[id] ?? 0);
      servers.set(id, server);
    }
  } catch (error) {
    await stop();
    throw error;
  }
  return { ...(Object.fromEntries(servers) as Record<SimulatorId, SimulatorServer>), stop };
}

function simulatorOf<Id extends SimulatorId>(id: Id, clock: SandboxClock, options: SimulatorOptions): Simulator {
  return FACTORIES[id](clock, options[id]);
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
