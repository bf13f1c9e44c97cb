import { setTimeout as delay } from 'node:timers/promises';
import { ServiceProcess } from '../support/service-process.js';
import { type Role, ROLES } from './plan.js';

/** A pause before a process that ended by itself is started again, as orchestrators make. */
const RESTART_PAUSE_MS = 200;
/** The hard limit of the suite comes first. */
const PATIENCE_MS = 900_000;
const LAST_WORDS = 500;

export interface Kill {
  readonly role: Role;
  readonly pid: number;
  readonly at: number;
}

/** A process that nobody had killed. */
export interface Loss {
  readonly role: Role;
  readonly at: number;
  readonly wasReady: boolean;
  readonly log: string;
}

interface Place {
  readonly role: Role;
  process?: ServiceProcess;
  isReady: boolean;
}

/** The processes of the built service, each started again at once when it ends. */
export class Fleet {
  readonly kills: Kill[] = [];
  readonly losses: Loss[] = [];
  private readonly places: readonly Place[] = ROLES.map((role) => ({ role, isReady: false }));
  private readonly launched: ServiceProcess[] = [];
  private loops: Promise<void>[] = [];
  private isStopping = false;

  /** @param env of every process, but for its role */
  constructor(private readonly env: Readonly<Record<string, string>>) {}

  start(): void {
    this.loops = this.places.map((place) => this.keepUp(place));
  }

  /** Addresses of the api processes as they are now, those that are not up yet included. */
  apis(): string[] {
    return this.places.flatMap(({ role, process }) => (role === 'api' && process ? [process.origin] : []));
  }

  isReady(index: number): boolean {
    return this.places[index]!.isReady;
  }

  isComplete(): boolean {
    return this.places.every(({ isReady }) => isReady);
  }

  /** `kill -9` at whatever it is doing, its start included. */
  async kill(index: number): Promise<void> {
    const place = this.places[index]!;
    while (!place.process && !this.isStopping) await delay(10);
    const { process, role } = place;
    if (!process) return;
    place.process = undefined;
    place.isReady = false;
    this.kills.push({ role, pid: process.pid, at: Date.now() });
    await process.kill();
  }

  /** Everything that any of them printed. */
  logs(): string {
    return this.launched.map(({ log }) => log).join('\n');
  }

  /** How the processes are, for whoever waits in vain. */
  describe(): string {
    const places = this.places.map(({ role, process, isReady }) => {
      const state = isReady ? 'ready' : 'not ready';
      return `${role} ${process?.pid ?? 'between two lives'} is ${state}: ${process?.log.slice(-LAST_WORDS) ?? ''}`;
    });
    return [...places, ...this.losses.map(({ role, log }) => `${role} ended by itself: ${log}`)].join('\n');
  }

  /** The orderly end of those that live; their exit codes. */
  async stop(): Promise<(number | null)[]> {
    this.isStopping = true;
    const living = this.places.flatMap(({ process }) => (process ? [process] : []));
    const codes = await Promise.all(living.map((process) => process.stop()));
    await Promise.all(this.loops);
    return codes;
  }

  private async keepUp(place: Place): Promise<void> {
    while (!this.isStopping) {
      const process = await ServiceProcess.launch({ ...this.env, ROLE: place.role });
      this.launched.push(process);
      place.process = process;
      if (this.isStopping) await process.kill();
      const ready = process.ready(PATIENCE_MS).then(
        () => void (place.isReady = place.process === process),
        () => undefined,
      );
      await process.ended;
      const wasReady = place.isReady;
      await ready;
      place.isReady = false;
      if (place.process !== process || this.isStopping) continue;
      this.losses.push({ role: place.role, at: Date.now(), wasReady, log: process.log });
      await delay(RESTART_PAUSE_MS);
    }
  }
}
