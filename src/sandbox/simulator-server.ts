import { createServer, type Server } from 'node:http';
import { type AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { bodyParsers, bodySize } from './body-parsing.js';
import { controlApi } from './control-api.js';
import { answerPlanned, redactedHeaders, redactedParameters, watchAnswer } from './exchange.js';
import { type Fault } from './fault.js';
import { type DecidingFault, FaultPlan, type PlannedFault } from './fault-plan.js';
import {
  type OpenEntry,
  type RequestFilter,
  RequestLog,
  type RequestLogLimits,
  type RequestLogView,
} from './request-log.js';
import { type SandboxClock } from './sandbox-clock.js';
import { SandboxInputError } from './sandbox-input.js';
import { type AudiencesFilter, type AudienceView, type Simulator } from './simulator.js';

/** Request targets longer than the platform allows must reach it to be refused by it. */
const MAX_HEADER_BYTES = 1024 * 1024;

/** What is the same for all simulators of a sandbox. */
export interface SimulatorSettings {
  readonly latencyMs?: number;
  readonly log?: RequestLogLimits;
}

/** One simulator behind its own port, with faults, request log and control calls. Each method here is a control call as well. */
export class SimulatorServer {
  private readonly log: RequestLog;
  private readonly plan: FaultPlan;
  private readonly server: Server;
  private listeningOn = '';

  constructor(
    private readonly simulator: Simulator,
    private readonly clock: SandboxClock,
    settings: SimulatorSettings = {},
  ) {
    this.log = new RequestLog(settings.log);
    this.plan = new FaultPlan(settings.latencyMs);
    this.server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, this.application());
  }

  /** For example `http://127.0.0.1:4010`. */
  get origin(): string {
    return this.listeningOn;
  }

  /** The variables that point the service at this simulator. */
  get environment(): Readonly<Record<string, string>> {
    return this.simulator.environment(this.origin);
  }

  /** Starts to answer; port 0 takes a free one. */
  async listen(host: string, port: number): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.server.once('error', reject);
      this.server.listen(port, host, () => {
        this.server.off('error', reject);
        resolve();
      });
    });
    const { port: actual } = this.server.address() as AddressInfo;
    this.listeningOn = `http://${host.includes(':') ? `[${host}]` : host}:${actual}`;
  }

  /** Stops answering and cuts open connections, those held by a `timeout` fault included. */
  async stop(): Promise<void> {
    if (!this.server.listening) return;
    await new Promise<void>((resolve) => {
      this.server.close(() => resolve());
      this.server.closeAllConnections();
    });
  }

  requests(filter: RequestFilter = {}): RequestLogView {
    return this.log.view(filter);
  }

  clearRequests(): void {
    this.log.clear();
  }

  addFaults(...faults: Fault[]): void {
    this.plan.add(faults);
  }

  clearFaults(): void {
    this.plan.clear();
  }

  faults(): PlannedFault[] {
    return this.plan.list();
  }

  setLatency(ms: number): void {
    this.plan.setLatency(ms);
  }

  audiences(filter: AudiencesFilter = {}): AudienceView[] {
    return this.simulator.audiences(filter);
  }

  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined {
    return this.simulator.patchAudience(id, patch);
  }

  /** Sets how a token behaves from now on; `valid` makes it work again. */
  setToken(token: string, state: string): void {
    if (!this.simulator.tokenStates.includes(state)) {
      throw new SandboxInputError(`state must be one of ${this.simulator.tokenStates.join(', ')}`);
    }
    this.simulator.setToken(token, state);
  }

  now(): number {
    return this.clock.now();
  }

  /** Lets time pass for the platform: population delays, sessions of 90 minutes, throttle windows. */
  advanceClock(ms: number): void {
    this.clock.advance(ms);
  }

  /** As after the start: no audiences, no faults, no log, tokens and time as configured. */
  reset(): void {
    this.clock.reset();
    this.plan.reset();
    this.log.clear();
    this.simulator.reset();
  }

  private application(): Express {
    const app = express();
    app.disable('x-powered-by');
    app.disable('etag');
    app.use('/_sandbox', controlApi(this));
    app.use((req, res, next) => this.record(req, res, next));
    app.use(...bodyParsers());
    app.use((error: unknown, _req: Request, res: Response, _next: NextFunction) => {
      const status = (error as { status?: unknown }).status;
      this.simulator.refuseBody(typeof status === 'number' ? status : 400, res);
    });
    app.use((req, res, next) => this.disturb(req, res, next));
    app.use((req, res, next) => this.simulator.handle(req, res, next));
    return app;
  }

  private record(req: Request, res: Response, next: NextFunction): void {
    const entry = this.log.open({
      method: req.method,
      path: req.path,
      query: redactedParameters(req.query, this.simulator.secretParameters),
      headers: redactedHeaders(req.headers, this.simulator.secretHeaders),
    });
    watchAnswer(req, res, entry);
    (res.locals as { entry: OpenEntry }).entry = entry;
    next();
  }

  private async disturb(req: Request, res: Response, next: NextFunction): Promise<void> {
    const { entry } = res.locals as { entry: OpenEntry };
    const body = redactedParameters(req.body as unknown, this.simulator.secretParameters);
    if (bodySize(req) > 0) this.log.attachBody(entry, body, bodySize(req));
    const { delayMs, fault } = this.plan.take(req.method, req.path, () => JSON.stringify(req.body ?? null));
    if (fault !== undefined) entry.fault = fault.kind;
    if (delayMs > 0) await wait(delayMs, undefined, { ref: false });
    if (fault === undefined || fault.kind === 'drop-after') next();
    else this.applyFault(fault, req, res);
  }

  private applyFault(fault: DecidingFault, req: Request, res: Response): void {
    if (fault.kind === 'drop') req.socket.resetAndDestroy();
    else if (fault.kind === 'status') answerPlanned(res, { ...fault, body: fault.body ?? '' });
    else if (fault.kind === 'rate-limit' || fault.kind === 'error') {
      answerPlanned(res, this.simulator.faultAnswer(fault));
    }
    // 'timeout' is left: the connection stays open until the caller or the sandbox ends it.
  }
}
