import type { SimulatorId } from '../../src/sandbox/sandbox.js';

/** Where a platform is, and what a service needs to know of it. */
export interface Place {
  readonly origin: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Every platform, in a process of its own. */
export class BenchSandbox {
  constructor(private readonly places: Readonly<Record<SimulatorId, Place>>) {}

  /** The variables that point a service at these platforms. */
  environment(...ids: readonly SimulatorId[]): Record<string, string> {
    return Object.assign({}, ...ids.map((id) => this.places[id].environment)) as Record<string, string>;
  }

  origin(id: SimulatorId): string {
    return this.places[id].origin;
  }

  async control(id: SimulatorId, path: string, body: object): Promise<void> {
    const answer = await fetch(`${this.origin(id)}/_sandbox${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`The sandbox answered ${answer.status}: ${await answer.text()}`);
  }

  /** Users of all audiences of a platform. */
  async members(id: SimulatorId): Promise<number> {
    const answer = await fetch(`${this.origin(id)}/_sandbox/audiences`);
    const { audiences } = (await answer.json()) as { audiences: readonly { readonly memberCount: number }[] };
    return audiences.reduce((sum, { memberCount }) => sum + memberCount, 0);
  }
}
