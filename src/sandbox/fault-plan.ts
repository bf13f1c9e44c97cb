import { type DelayFault, type Fault } from './fault.js';
import { globPattern } from './sandbox-input.js';

/** A fault that decides the answer; delays only hold it up. */
export type DecidingFault = Exclude<Fault, DelayFault>;

/** What happens to one call. */
export interface Disturbance {
  readonly delayMs: number;
  readonly fault?: DecidingFault;
}

/** A planned fault and how often it was met. */
export interface PlannedFault {
  readonly fault: Fault;
  /** Calls that matched by method and path. */
  readonly seen: number;
  /** Calls that it changed. */
  readonly fired: number;
}

interface Plan {
  readonly fault: Fault;
  readonly path?: RegExp;
  readonly method?: string;
  readonly first: number;
  readonly times: number;
  seen: number;
  fired: number;
}

/**
 * The faults a simulator has been told to show, in order. Of several that match one call, all delays add up and the first other
 * one decides; the rest wait for the next call, so two faults with `times: 1` hit two calls one after the other.
 */
export class FaultPlan {
  private plans: Plan[] = [];
  private latency: number;

  constructor(private readonly initialLatencyMs = 0) {
    this.latency = initialLatencyMs;
  }

  add(faults: readonly Fault[]): void {
    for (const fault of faults) this.plans.push(planOf(fault));
  }

  clear(): void {
    this.plans = [];
  }

  /** Milliseconds added to every call, whatever the faults. */
  setLatency(ms: number): void {
    this.latency = ms;
  }

  reset(): void {
    this.clear();
    this.latency = this.initialLatencyMs;
  }

  list(): PlannedFault[] {
    return this.plans.map(({ fault, seen, fired }) => ({ fault, seen, fired }));
  }

  /** Decides what happens to one call, and counts it. `body` is asked for only where a fault looks into it. */
  take(method: string, path: string, body: () => string): Disturbance {
    let delayMs = this.latency;
    let decided: DecidingFault | undefined;
    for (const plan of this.plans) {
      if (!matches(plan, method, path, body)) continue;
      plan.seen += 1;
      if (plan.seen < plan.first || plan.fired >= plan.times) continue;
      if (plan.fault.kind === 'delay') delayMs += plan.fault.ms;
      else if (decided === undefined) decided = plan.fault;
      else continue;
      plan.fired += 1;
    }
    return decided === undefined ? { delayMs } : { delayMs, fault: decided };
  }
}

function planOf(fault: Fault): Plan {
  return {
    fault,
    ...(fault.path === undefined ? {} : { path: globPattern(fault.path) }),
    ...(fault.method === undefined ? {} : { method: fault.method.toUpperCase() }),
    first: fault.nth ?? 1,
    times: fault.times ?? (fault.nth === undefined ? Number.POSITIVE_INFINITY : 1),
    seen: 0,
    fired: 0,
  };
}

function matches({ fault, ...plan }: Plan, method: string, path: string, body: () => string): boolean {
  if (plan.method !== undefined && plan.method !== method) return false;
  if (plan.path !== undefined && !plan.path.test(path)) return false;
  return fault.bodyIncludes === undefined || body().includes(fault.bodyIncludes);
}
