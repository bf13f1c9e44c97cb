import { type RequestHandler, type Response } from 'express';
import { type PlatformErrorFault, type RateLimitFault } from './fault.js';

/** A whole answer, made outside the platform's usual course. */
export interface PlannedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** One stored member: its columns by the platform's own names, and how often the row arrived. */
export interface MemberView {
  readonly columns: Readonly<Record<string, unknown>>;
  readonly timesReceived: number;
}

/** One audience as the platform keeps it. `details` is what only this platform has. */
export interface AudienceView {
  readonly id: string;
  readonly name: string;
  readonly account: string;
  readonly memberCount: number;
  /** Rows that were received for it in all, repeats included. */
  readonly rowsReceived: number;
  readonly details: Readonly<Record<string, unknown>>;
  readonly members?: readonly MemberView[];
}

/** How much of the audiences to show. */
export interface AudiencesFilter {
  readonly members?: boolean;
  /** Of each audience's members, in order of arrival; default 0 and 100,000. */
  readonly offset?: number;
  readonly limit?: number;
}

/** One platform, played offline. Everything common (faults, log, control calls, body parsing) is done before it is asked. */
export interface Simulator {
  /** Headers that carry secrets, in lower case. The log shows a digest of them. */
  readonly secretHeaders: readonly string[];
  /** Query and body parameters that carry secrets. */
  readonly secretParameters: readonly string[];
  /** How a token may be told to behave; `valid` is one of them. */
  readonly tokenStates: readonly string[];
  /** Answers the platform's calls. The body is parsed: an object, an array, or undefined when there was none. */
  readonly handle: RequestHandler;
  /** The platform's answer to a body that cannot be read. */
  refuseBody(status: number, res: Response): void;
  /** The platform's own form of a throttle or another error. */
  faultAnswer(fault: RateLimitFault | PlatformErrorFault): PlannedAnswer;
  audiences(filter: AudiencesFilter): AudienceView[];
  /** Changes an audience from the outside; undefined when there is none. Throws SandboxInputError on an unknown change. */
  patchAudience(id: string, patch: Readonly<Record<string, unknown>>): AudienceView | undefined;
  setToken(token: string, state: string): void;
  /** Forgets everything that happened since the start. */
  reset(): void;
  /** The variables that point the service at this simulator. */
  environment(origin: string): Readonly<Record<string, string>>;
}
