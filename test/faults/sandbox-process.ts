import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Fault } from '../../src/sandbox/fault.js';
import type { PlannedFault } from '../../src/sandbox/fault-plan.js';
import type { RequestLogView } from '../../src/sandbox/request-log.js';
import type { AudienceView } from '../../src/sandbox/simulator.js';
import type { SimulatorId } from '../../src/sandbox/sandbox.js';

const ROOT = join(import.meta.dirname, '..', '..');

interface Place {
  readonly origin: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** The sandbox in a process of its own, seen through its control calls. */
export class SandboxProcess {
  private constructor(
    private readonly child: ChildProcess,
    private readonly places: Readonly<Record<SimulatorId, Place>>,
  ) {}

  static async start(): Promise<SandboxProcess> {
    const hook = join(ROOT, 'test', 'support', 'typescript-hook.ts');
    const program = join(ROOT, 'test', 'faults', 'sandbox-host.ts');
    const args = ['--no-warnings', '--max-old-space-size=3072', '--import', hook, program];
    const child = spawn(process.execPath, args, { cwd: ROOT, stdio: ['pipe', 'pipe', 'inherit'] });
    const ended = once(child, 'exit').then(() => {
      throw new Error('The sandbox ended before it was up.');
    });
    const [line] = (await Promise.race([once(createInterface(child.stdout), 'line'), ended])) as [string];
    ended.catch(() => undefined);
    return new SandboxProcess(child, JSON.parse(line) as Record<SimulatorId, Place>);
  }

  /** The variables that point the service at these platforms. */
  environment(...ids: SimulatorId[]): Record<string, string> {
    return Object.assign({}, ...ids.map((id) => this.places[id].environment)) as Record<string, string>;
  }

  /** Ends it, and whatever it holds up. */
  async stop(): Promise<void> {
    const exited = once(this.child, 'exit');
    this.child.stdin?.end();
    await exited;
  }

  async addFault(id: SimulatorId, fault: Fault): Promise<void> {
    await this.call(id, 'POST', '/faults', fault);
  }

  async setToken(id: SimulatorId, token: string, state: string): Promise<void> {
    await this.call(id, 'POST', '/tokens', { token, state });
  }

  async clearFaults(id: SimulatorId): Promise<void> {
    await this.call(id, 'DELETE', '/faults');
  }

  async faults(id: SimulatorId): Promise<PlannedFault[]> {
    return ((await this.call(id, 'GET', '/faults')) as { faults: PlannedFault[] }).faults;
  }

  async audiences(id: SimulatorId): Promise<AudienceView[]> {
    return ((await this.call(id, 'GET', '/audiences?members=true')) as { audiences: AudienceView[] }).audiences;
  }

  /** @param path `*` stands for any run of characters */
  async requests(id: SimulatorId, method: string, path: string): Promise<RequestLogView> {
    const query = new URLSearchParams({ method, path });
    return (await this.call(id, 'GET', `/requests?${query.toString()}`)) as RequestLogView;
  }

  private async call(id: SimulatorId, method: string, path: string, body?: object): Promise<unknown> {
    const answer = await fetch(`${this.places[id].origin}/_sandbox${path}`, {
      method,
      ...(body && { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
    return answer.json();
  }
}
