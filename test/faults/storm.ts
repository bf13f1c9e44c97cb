import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { seeded } from '../../src/demo/made-up-users.js';
import { DatabaseServer } from './database-server.js';
import { type Evidence, gather, type Ground } from './evidence.js';
import { Fleet } from './fleet.js';
import { type InputSession, madeUpInput } from './input.js';
import { OutageWatch } from './outage-watch.js';
import { EU_ACCOUNT, EU_TOKEN, KILLS, PLATFORMS, plannedStorm, shuffled, type Step } from './plan.js';
import { SandboxProcess } from './sandbox-process.js';
import { Uploader } from './uploader.js';

/** Share of batches that a caller posts once more for no reason. */
const REPEATED = 0.12;
/** How long kills wait for their victims to be at work, all together: on a slow machine more of them hit a start. */
const PATIENCE_MS = 40_000;
const UP = 'all processes are up';
const START_MS = 90_000;
/** A refused tag tries again after 30 s, then 60, then 120, each up to a quarter later: whatever it met last in the storm. */
const SETTLE_MS = 300_000;
const ASK_MS = 250;

/** Two api and three worker processes, a caller, and everything that goes wrong; {@link Storm.run} takes it to its end. */
export class Storm {
  private phaseFrom = Date.now();
  private readonly uploader: Uploader;
  private restarts = 0;

  private constructor(
    private readonly seed: number,
    private readonly sessions: readonly InputSession[],
    private readonly ground: Ground,
    private readonly stopping: AbortController,
  ) {
    const random = seeded(seed + 2);
    const batches = sessions.flatMap((session) => session.batches);
    const repeated = batches.filter(() => random() < REPEATED);
    const apis = () => ground.fleet.apis();
    this.uploader = new Uploader(shuffled([...batches, ...repeated], random), apis, stopping.signal);
  }

  /** Starts everything but the trouble. */
  static async start(seed: number, folder: string): Promise<Storm> {
    const database = await DatabaseServer.start(folder);
    const sandbox = await SandboxProcess.start();
    const env = environment(database, sandbox);
    const ground = { database, sandbox, env, fleet: new Fleet(env), watch: new OutageWatch(database) };
    ground.fleet.start();
    return new Storm(seed, madeUpInput(seed), ground, new AbortController());
  }

  /** The whole storm, and what is left after it. */
  async run(): Promise<Evidence> {
    const { fleet, sandbox } = this.ground;
    await this.until(() => fleet.isComplete(), START_MS, UP);
    this.phaseEnds('to start');
    let patience = PATIENCE_MS;
    for (const [index, step] of plannedStorm(this.seed).entries()) {
      const waitsFrom = Date.now();
      if (step.isAtWork) await this.until(() => fleet.isReady(step.victim), patience);
      patience = Math.max(0, patience - (Date.now() - waitsFrom));
      await this.take(step);
      this.uploader.release((index + 1) / (KILLS - 2));
    }
    const faults = (await Promise.all(PLATFORMS.map((id) => sandbox.faults(id)))).flat();
    await Promise.all(PLATFORMS.map((id) => sandbox.clearFaults(id)));
    this.phaseEnds('of storm');
    await this.uploader.done();
    this.phaseEnds('until all was posted');
    await this.settled();
    await this.until(() => fleet.isComplete(), START_MS, UP);
    this.phaseEnds('until all was settled');
    const { seed, sessions, restarts, uploader } = this;
    const evidence = await gather({ ...this.ground, seed, sessions, restarts, uploader, faults });
    this.phaseEnds('to gather the evidence');
    return evidence;
  }

  /** Ends what is still there, in whatever state the storm is; `FAULT_LOG` names a file for what all processes printed. */
  async stop(): Promise<void> {
    this.stopping.abort();
    await this.ground.watch.stop();
    await this.ground.fleet.stop();
    if (process.env.FAULT_LOG) await writeFile(process.env.FAULT_LOG, this.ground.fleet.logs());
    await this.ground.sandbox.stop();
  }

  private async take({ pauseMs, faults, token, restart, victim }: Step): Promise<void> {
    const { fleet, sandbox } = this.ground;
    for (const { platform, fault } of faults) await sandbox.addFault(platform, fault);
    if (token) await sandbox.setToken('facebook', EU_TOKEN, token);
    await delay(pauseMs, undefined, { signal: this.stopping.signal });
    if (restart) await Promise.all([this.restart(restart), fleet.kill(victim)]);
    else await fleet.kill(victim);
  }

  private async restart(mode: NonNullable<Step['restart']>): Promise<void> {
    const from = Date.now();
    await this.ground.database.restart(mode);
    this.restarts += 1;
    this.ground.watch.note({ from, to: Date.now() });
  }

  /** Told as it happens: a run that takes too long shows where. */
  private phaseEnds(name: string): void {
    process.stdout.write(`${Math.round((Date.now() - this.phaseFrom) / 1_000)} s ${name}\n`);
    this.phaseFrom = Date.now();
  }

  private async settled(): Promise<void> {
    const open = () => this.ground.database.query<object>(OPEN_DELIVERIES);
    try {
      await this.until(async () => (await open()).length === 0, SETTLE_MS, 'every delivery is settled');
    } catch (cause) {
      throw new Error(`Open deliveries: ${JSON.stringify(await open(), undefined, 1)}`, { cause });
    }
  }

  /** @param what without it, time may run out */
  private async until(holds: () => boolean | Promise<boolean>, withinMs: number, what?: string): Promise<void> {
    for (const end = Date.now() + withinMs; !(await holds());) {
      if (Date.now() > end && what)
        throw new Error(`Not within ${withinMs} ms: ${what}\n${this.ground.fleet.describe()}`);
      if (Date.now() > end) return;
      await delay(ASK_MS, undefined, { signal: this.stopping.signal });
    }
  }
}

/** With the jobs that are to take them up. */
const OPEN_DELIVERIES = `
  select d.id, d.provider, d.tag, d.state, d.attempts, d.error_code, d.due_at - now() as due_in, d.job,
    array(select j.id || ' ' || j.state || ' tries ' || j.retry_count || ' starts in ' || (j.start_after - now())
      || ' alive ' || coalesce((now() - j.heartbeat_on)::text, 'never')
      from queue.job j where j.data->>'deliveryId' = d.id::text) as jobs
  from deliveries d where d.state not in ('succeeded', 'failed', 'cancelled')`;

function environment(database: DatabaseServer, sandbox: SandboxProcess): Record<string, string> {
  const preload = pathToFileURL(join(import.meta.dirname, 'preload.ts')).href;
  return {
    DATABASE_URL: database.url,
    ENCRYPTION_KEY: randomBytes(32).toString('base64'),
    RATE_LIMIT_PER_MINUTE: '1000000',
    ...sandbox.environment(...PLATFORMS),
    FACEBOOK__EU__ACCESS_TOKEN: EU_TOKEN,
    FACEBOOK__EU__AD_ACCOUNT_ID: EU_ACCOUNT,
    NODE_OPTIONS: `--no-warnings --import=${preload}`,
  };
}
